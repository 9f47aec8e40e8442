import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { isOwnedStill } from "../../scripts/lib/lock-owner";

const lock = (pid: number, timestamp: Date) => ({ pid, hostname: "here", timestamp: timestamp.toISOString() });

describe("the owner of a lock of Pulumi", () => {
  it("is alive while its process runs", () => assert.ok(isOwnedStill(lock(process.pid, new Date()))));

  it("is dead when its process has ended", () => {
    const { pid } = spawnSync("true");
    assert.ok(!isOwnedStill(lock(pid, new Date())));
  });

  it("is dead when a process that started later has its number", () =>
    assert.ok(!isOwnedStill(lock(process.pid, new Date(Date.now() - 24 * 3_600_000)))));
});
