import assert from "node:assert/strict";
import { duration, statusTable } from "../../../offline/cluster/status";

describe("cluster status", () => {
  it("shows a line for each component, in aligned columns", () => {
    const lines = statusTable([
      { name: "etcd", pid: 12, seconds: 5, restarts: 0, healthy: true },
      { name: "kube-apiserver", pid: undefined, seconds: 3, restarts: 2, healthy: false },
      { name: "kubelet", pid: 1234567, seconds: 90_000, restarts: 1, healthy: false },
    ]).split("\n");
    assert.deepEqual(
      lines.slice(1).map((line) => line.split(/\s+/)),
      [
        ["etcd", "12", "5s", "0", "healthy"],
        ["kube-apiserver", "-", "-", "2", "down"],
        ["kubelet", "1234567", "25h", "1", "unhealthy"],
      ],
    );
    assert.equal(new Set(lines.slice(1).map((line) => line.search(/(healthy|down|unhealthy)$/))).size, 1);
  });

  for (const [seconds, text] of [
    [0, "0s"],
    [119, "119s"],
    [120, "2m"],
    [7200, "2h"],
    [172_800, "2d"],
  ] as const)
    it(`shows ${seconds} seconds as ${text}`, () => assert.equal(duration(seconds), text));
});
