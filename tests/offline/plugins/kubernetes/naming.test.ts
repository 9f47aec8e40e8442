import assert from "node:assert/strict";
import { type PropertyMap, reveal, Secret, UNKNOWN } from "../../../../offline/plugins/base/values";
import { fieldManagerOf, isAutonamed, withName } from "../../../../offline/plugins/kubernetes/naming";

const seed = new Uint8Array([1, 2, 3]);
const named = (news: PropertyMap, olds: PropertyMap = {}) => withName({ name: "web", olds, news, seed });
const nameIn = (inputs: PropertyMap) => (reveal(inputs["metadata"] ?? null) as PropertyMap | null)?.["name"];
const autonamed = { metadata: { name: "web-0badcafe", annotations: { "pulumi.com/autonamed": "true" } } };

describe("autonaming", () => {
  it("names a new object after its resource and marks it", () => {
    const inputs = named({ metadata: { labels: { a: "b" } } });
    assert.match(String(nameIn(inputs)), /^web-[0-9a-f]{8}$/);
    assert.ok(isAutonamed(inputs));
    assert.equal(nameIn(inputs), nameIn(named({})), "the same seed gives the same name");
    assert.notEqual(nameIn(inputs), nameIn(withName({ name: "web", olds: {}, news: {}, seed: new Uint8Array([9]) })));
  });

  it("keeps the name it chose before", () => assert.equal(nameIn(named({}, autonamed)), "web-0badcafe"));

  const untouched: [what: string, news: PropertyMap, olds?: PropertyMap][] = [
    ["a given name", { metadata: { name: "given" } }, autonamed],
    ["an unknown name", { metadata: { name: UNKNOWN } }, autonamed],
    ["a secret name", { metadata: { name: new Secret("s") } }],
    ["unknown metadata", { metadata: UNKNOWN }],
    ["a name for the server to generate", { metadata: { generateName: "web-" } }],
    ["an unknown name for the server to generate", { metadata: { generateName: UNKNOWN } }],
    [
      "an object that was named by generateName",
      { metadata: { generateName: "web-" } },
      { metadata: { generateName: "web-" } },
    ],
  ];
  for (const [what, news, olds] of untouched) {
    it(`leaves ${what} alone`, () => assert.deepEqual(named(news, olds), news));
  }

  it("keeps metadata secret that is secret", () => {
    const inputs = named({ metadata: new Secret({ labels: {} }) });
    assert.ok(inputs["metadata"] instanceof Secret);
    assert.match(String(nameIn(inputs)), /^web-/);
  });

  it("follows the stack's pulumi:autonaming", () => {
    const given = withName({ name: "web", olds: {}, news: {}, seed, autonaming: { name: "dev-web", mode: "enforce" } });
    assert.equal(nameIn(given), "dev-web");
    assert.throws(
      () => withName({ name: "web", olds: {}, news: {}, seed, autonaming: { name: "", mode: "disable" } }),
      /web/,
    );
  });

  it("gives each resource a field manager of its own", () => {
    assert.match(fieldManagerOf("urn:a"), /^pulumi-kubernetes-[0-9a-f]{8}$/);
    assert.notEqual(fieldManagerOf("urn:a"), fieldManagerOf("urn:b"));
  });
});
