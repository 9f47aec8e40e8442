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
