import assert from "node:assert/strict";
import lock from "../../components/operators.lock.json";
import { type LockEntry, lockEntry, lockProblem, OPERATORS, render } from "../../scripts/lib/operators";
import versions from "../../versions.json";

const MANIFEST = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n---\napiVersion: v1\nkind: Secret\n";

describe("manifests of operators", () => {
  it("are rendered document by document, without empty ones", () => {
    const objects = JSON.parse(render(MANIFEST)) as { kind: string }[];
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      ["Namespace", "Secret"],
    );
    assert.deepEqual(JSON.parse(render("")), []);
  });

  it("lose the descriptions of custom resources, and nothing else", () => {
    const schema = (more: object) => ({
      type: "object",
      properties: { description: { type: "string", ...more } },
      ...more,
    });
    const definition = (more: object) => ({
      kind: "CustomResourceDefinition",
      spec: { versions: [{ name: "v1", schema: { openAPIV3Schema: { items: schema(more), anyOf: [schema(more)] } } }] },
    });
    const rendered = JSON.parse(render(JSON.stringify(definition({ description: "long" }))));
    assert.deepEqual(rendered, [definition({})]);
  });

  it("leave open what is a container of Kubernetes itself, but for the fields that a list may be keyed by", () => {
    const text = { type: "string" };
    const list = { type: "array", items: text };
    const container = { type: "object", required: ["name"], properties: { name: text, image: text, command: list } };
    const definition = (items: object) => ({
      kind: "CustomResourceDefinition",
      spec: { versions: [{ name: "v1", schema: { openAPIV3Schema: { properties: { sidecars: { items } } } } }] },
    });
    const more = { volumeMounts: list, livenessProbe: { type: "object" } };
    const whole = { ...container, properties: { ...container.properties, ...more } };
    const open = {
      type: "object",
      "x-kubernetes-preserve-unknown-fields": true,
      properties: { name: text, image: text },
      required: ["name"],
    };
    assert.deepEqual(JSON.parse(render(JSON.stringify(definition(whole)))), [definition(open)]);
    assert.deepEqual(JSON.parse(render(JSON.stringify(definition(container)))), [definition(container)]);
  });

  it("that are not YAML are refused", () => {
    assert.throws(() => render("a: [\n"));
  });

  it("are locked at the version that versions.json says", () => {
    assert.deepEqual(Object.keys(lock), Object.keys(OPERATORS));
    for (const [name, { version }] of Object.entries(lock)) assert.equal(version, versions[name as keyof typeof lock]);
  });

  const locked = lockEntry("cloudnative-pg", MANIFEST);
  it("that are as locked pass", () => assert.equal(lockProblem("cloudnative-pg", MANIFEST, locked), undefined));

  const wrong: [string, string, Partial<LockEntry>][] = [
    ["another version", MANIFEST, { version: "0.0.1" }],
    ["another content", `${MANIFEST}# changed\n`, {}],
    ["another rendering", MANIFEST, { rendered: "0" }],
  ];
  for (const [what, manifest, change] of wrong) {
    it(`with ${what} are refused`, () => {
      assert.notEqual(lockProblem("cloudnative-pg", manifest, { ...locked, ...change }), undefined);
    });
  }
});
