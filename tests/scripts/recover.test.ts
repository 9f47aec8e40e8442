import assert from "node:assert/strict";
import {
  byRecord,
  candidates,
  deadLocks,
  importFile,
  isLabelled,
  type PendingOperation,
} from "../../scripts/lib/recover";

const lock = (pid: number, hostname = "here") => ({ pid, hostname, timestamp: "2026-01-01T00:00:00Z" });

const pending = (type: string, inputs: PendingOperation["resource"]["inputs"]): PendingOperation => ({
  type,
  resource: { urn: "urn:x", type: "kubernetes:core/v1:ConfigMap", ...(inputs === undefined ? {} : { inputs }) },
});

describe("a lock may be cancelled without asking", () => {
  const cases: [string, ReturnType<typeof lock>[], number[], number[]][] = [
    ["when its owner on this machine is dead", [lock(7)], [], [7]],
    ["not while its owner lives", [lock(7)], [7], []],
    ["not when it was taken on another machine", [lock(7, "there")], [], []],
    ["each by itself", [lock(7), lock(8), lock(9, "there")], [8], [7]],
  ];
  for (const [name, locks, alive, dead] of cases)
    it(name, () => {
      const result = deadLocks(locks, "here", ({ pid }) => alive.includes(pid));
      assert.deepEqual(
        result.map(({ pid }) => pid),
        dead,
      );
    });
});

describe("unfinished creations that may be in the cluster", () => {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "n" } };

  it("are named by namespace and name", () => {
    const operation = pending("creating", object);
    assert.deepEqual(candidates([operation]), [{ resource: operation.resource, id: "n/a", object }]);
  });
  it("are named by name alone where there is no namespace", () => {
    const cluster = { apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } };
    const operation = pending("creating", cluster);
    assert.deepEqual(candidates([operation]), [{ resource: operation.resource, id: "a", object: cluster }]);
  });
  const none: [string, PendingOperation][] = [
    ["a deletion", pending("deleting", object)],
    [
      "an object whose name Pulumi would make up",
      pending("creating", { apiVersion: "v1", kind: "ConfigMap", metadata: {} }),
    ],
    ["a resource of another provider", pending("creating", undefined)],
  ];
  for (const [name, operation] of none) it(`leave out ${name}`, () => assert.deepEqual(candidates([operation]), []));
});

it("objects that were made beside a recorded one of the same URN were to replace it", () => {
  const object = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "setup-1", namespace: "n" } };
  const [made] = candidates([pending("creating", object)]);
  assert.ok(made !== undefined);
  assert.deepEqual(byRecord([made], ["urn:x"]), { adopted: [], replacing: [made] });
  assert.deepEqual(byRecord([made], ["urn:y"]), { adopted: [made], replacing: [] });
});

describe("an object in kubectl's answer", () => {
  const object = (stack: string) => ({ kind: "ConfigMap", metadata: { labels: { "platform.data/stack": stack } } });
  const cases: [string, unknown, boolean][] = [
    ["is of the stack by its label", object("dev"), true],
    ["is of the stack when it comes as a list", { kind: "List", items: [object("dev")] }, true],
    ["is not of the stack with another's label", { kind: "List", items: [object("aws")] }, false],
    ["is not of the stack without a label", { kind: "ConfigMap", metadata: {} }, false],
    ["is not there in an empty list", { kind: "List", items: [] }, false],
  ];
  for (const [name, answer, expected] of cases)
    it(name, () => assert.equal(isLabelled(JSON.stringify(answer), "dev"), expected));
  it("is not there in an empty answer", () => assert.equal(isLabelled("", "dev"), false));
});

it("objects are taken in under the names, parents and providers of the program", () => {
  const provider = "urn:pulumi:dev::platform::pulumi:providers:kubernetes::kubernetes";
  const resource = {
    urn: "urn:pulumi:dev::platform::a:B$kubernetes:core/v1:ConfigMap::settings",
    type: "kubernetes:core/v1:ConfigMap",
    parent: "urn:pulumi:dev::platform::a:B::b",
    provider: `${provider}::0b1c`,
  };
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: "n" } };
  assert.deepEqual(importFile([{ resource, id: "n/settings", object }]), {
    nameTable: { "known-0": resource.parent, "known-1": provider },
    resources: [{ type: resource.type, name: "settings", id: "n/settings", parent: "known-0", provider: "known-1" }],
  });
});
