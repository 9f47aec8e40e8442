import assert from "node:assert/strict";
import { findAll, parseJsonPath } from "../../../../../offline/plugins/kubernetes/await/json-path";
import { parseWaitFor } from "../../../../../offline/plugins/kubernetes/await/wait-for";
import type { KubeObject } from "../../../../../offline/plugins/kubernetes/object";

const object: KubeObject = {
  metadata: { name: "x", generation: 3, labels: { "a.b/c": "d" } },
  spec: {
    count: 0,
    ports: [
      { name: "http", port: 80 },
      { name: "https", port: 443 },
    ],
  },
  status: {
    phase: "Cluster in healthy state",
    conditions: [
      { type: "Ready", status: "True", observedGeneration: 3 },
      { type: "Synced", status: "True", observedGeneration: 2 },
      { type: "Stalled", status: "False", reason: "Busy", message: "wait" },
    ],
  },
};

describe("pulumi.com/waitFor", () => {
  const cases: [annotation: string, ready: boolean][] = [
    ["condition=Ready", true],
    ["condition=ready=true", true],
    ["condition=Stalled", false],
    ["condition=Stalled=False", true],
    ["condition=Missing", false],
    ["condition=Synced", false],
    ["jsonpath={.status.phase}", true],
    ["jsonpath={.status.phase}=Cluster in healthy state", true],
    ["jsonpath='{.status.phase}'=Cluster in healthy state", true],
    ["jsonpath={.status.phase}=Failed", false],
    ["jsonpath={.status.missing}", false],
    ["jsonpath={.spec.count}=0", true],
    ['jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', true],
    ["jsonpath={.spec.ports[*].port}=80", false],
    ['["condition=Ready","jsonpath={.spec.count}=0"]', true],
    ['["condition=Ready","condition=Missing"]', false],
  ];
  for (const [annotation, ready] of cases) {
    it(`${ready ? "holds" : "waits"}: ${annotation}`, () =>
      assert.equal(parseWaitFor(annotation)(object).ready, ready));
  }

  for (const wrong of [
    "Ready",
    "condition=",
    "jsonpath=",
    "jsonpath={status..x}",
    "[]",
    "[1]",
    "[",
    "jsonpath={.a[?(@.b>1)]}",
  ]) {
    it(`refuses ${wrong}`, () => assert.throws(() => parseWaitFor(wrong), Error));
  }
});

describe("json paths", () => {
  const cases: [path: string, found: unknown[]][] = [
    ["{.spec.ports[0].name}", ["http"]],
    ["{.spec.ports[-1].name}", ["https"]],
    ["{.spec.ports[*].port}", [80, 443]],
    ["{.metadata.labels['a.b/c']}", ["d"]],
    ["{.metadata.labels.a\\.b/c}", ["d"]],
    ['{$.metadata["name"]}', ["x"]],
    ["{.spec.ports[?(@.port==443)].name}", ["https"]],
    ["{.spec.nothing.more}", []],
  ];
  for (const [path, found] of cases) {
    it(path, () => assert.deepEqual(findAll(object, parseJsonPath(path)), found));
  }
});
