import assert from "node:assert/strict";
import { changesBetween, formatPath, type Step } from "../../../../offline/plugins/base/diff";
import { type PropertyMap, Secret, UNKNOWN } from "../../../../offline/plugins/base/values";

describe("changesBetween", () => {
  const cases: [what: string, olds: PropertyMap, news: PropertyMap, changes: string[]][] = [
    ["same", { a: { b: [1] } }, { a: { b: [1] } }, []],
    ["secrecy alone", { a: 1 }, { a: new Secret(1) }, []],
    ["inside a secret", { a: new Secret({ b: 1 }) }, { a: new Secret({ b: 2 }) }, ["update a.b"]],
    ["added", {}, { a: { b: 1 } }, ["add a"]],
    ["deleted", { a: { b: 1, c: 2 } }, { a: { b: 1 } }, ["delete a.c"]],
    ["list grows", { a: [1] }, { a: [1, 2] }, ["add a[1]"]],
    ["list shrinks", { a: [1, 2] }, { a: [1] }, ["delete a[1]"]],
    ["type changes", { a: [1] }, { a: { b: 1 } }, ["update a"]],
    ["becomes unknown", { a: 1 }, { a: UNKNOWN }, ["update a"]],
    ["still unknown", { a: UNKNOWN }, { a: UNKNOWN }, []],
    ["null is a value", { a: null }, { a: 0 }, ["update a"]],
  ];
  for (const [what, olds, news, expected] of cases) {
    it(what, () => {
      const changes = changesBetween(olds, news).map(({ kind, path }) => `${kind} ${formatPath(path)}`);
      assert.deepEqual(changes, expected);
    });
  }
});

describe("formatPath", () => {
  const cases: [path: Step[], text: string][] = [
    [["spec", "ports", 0, "port"], "spec.ports[0].port"],
    [["metadata", "labels", "app.kubernetes.io/name"], 'metadata.labels["app.kubernetes.io/name"]'],
    [["a b"], '["a b"]'],
  ];
  for (const [path, text] of cases) it(text, () => assert.equal(formatPath(path), text));
});
