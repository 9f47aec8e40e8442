import assert from "node:assert/strict";
import { type PropertyMap, Secret } from "../../../../offline/plugins/base/values";
import { holds, inputsAfterDrift } from "../../../../offline/plugins/kubernetes/drift";
import type { KubeObject } from "../../../../offline/plugins/kubernetes/object";

describe("drift", () => {
  const cases: [what: string, inputs: PropertyMap, live: KubeObject, applied: KubeObject, now: PropertyMap][] = [
    ["a changed value", { data: { a: "1" } }, { data: { a: "9" } }, { data: { a: "1" } }, { data: { a: "9" } }],
    [
      "a removed value",
      { data: { a: "1", b: "2" } },
      { data: { b: "2" } },
      { data: { a: "1", b: "2" } },
      { data: { b: "2" } },
    ],
    ["a removed map", { data: { a: "1" } }, {}, { data: { a: "1" } }, {}],
    ["another spelling", { cpu: "1000m" }, { cpu: "1" }, { cpu: "1" }, { cpu: "1000m" }],
    [
      "what others add",
      { data: { a: "1" } },
      { data: { a: "1", b: "2" }, status: {} },
      { data: { a: "1", b: "2" } },
      { data: { a: "1" } },
    ],
    [
      "a shorter list",
      { list: [{ a: 1 }, { a: 2 }] },
      { list: [{ a: 1 }] },
      { list: [{ a: 1 }, { a: 2 }] },
      { list: [{ a: 1 }] },
    ],
    [
      "defaults in a list",
      { list: [{ a: 1 }] },
      { list: [{ a: 1, b: 2 }] },
      { list: [{ a: 1, b: 2 }] },
      { list: [{ a: 1 }] },
    ],
    [
      "a change in a list",
      { list: [{ a: 1 }] },
      { list: [{ a: 5, b: 2 }] },
      { list: [{ a: 1, b: 2 }] },
      { list: [{ a: 5 }] },
    ],
  ];
  for (const [what, inputs, live, applied, now] of cases) {
    it(what, () => assert.deepEqual(inputsAfterDrift(inputs, live, applied), now));
  }

  it("sees no drift where the object has all that was asked for", () => {
    assert.ok(holds({ a: { b: [1] }, c: new Secret("x") }, { a: { b: [1], d: 1 }, c: "x" }));
    assert.ok(!holds({ a: { b: [1] } }, { a: { b: [1, 2] } }));
  });

  it("compares stringData with the data it becomes, and keeps it secret", () => {
    const secret = (stringData: PropertyMap): PropertyMap => ({
      apiVersion: "v1",
      kind: "Secret",
      stringData: new Secret(stringData),
    });
    const live = (text: string): KubeObject => ({
      apiVersion: "v1",
      kind: "Secret",
      data: { password: Buffer.from(text).toString("base64") },
    });
    assert.ok(holds(secret({ password: "old" }), live("old")));
    const now = inputsAfterDrift(secret({ password: "old" }), live("new"), live("old"));
    assert.deepEqual(now, secret({ password: "new" }));
  });
});
