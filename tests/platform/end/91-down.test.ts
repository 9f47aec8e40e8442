import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { paths } from "../../../scripts/lib/paths";
import { script, succeeds } from "../../support/cli";

/** What a `pulumi` that is killed in the middle of an update leaves in the backend. */
function leaveLock(): void {
  const folder = join(paths.state, ".pulumi", "locks", "organization", "platform", "dev");
  mkdirSync(folder, { recursive: true });
  const { pid } = spawnSync("true");
  const lock = { pid, username: "root", hostname: hostname(), timestamp: new Date().toISOString() };
  writeFileSync(join(folder, "5f0e6d3a-8a0d-4a37-9a55-0a4b5d1f7c11.json"), JSON.stringify(lock));
}

async function stacks(): Promise<string[]> {
  const listed: { name: string }[] = JSON.parse(await succeeds("pulumi", ["stack", "ls", "--json"]));
  return listed.map(({ name }) => name);
}

describe("make down", () => {
  it("forgets cluster, data and state where it is told to, though a killed pulumi has locked the stack", async () => {
    const before = await stacks();
    assert.ok(before.includes("dev"), before.join());
    const others = before.filter((name) => name !== "dev"); // of make preview
    leaveLock();
    const { code, stdout, stderr } = await script("down", "--purge");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /a killed pulumi \(pid \d+\) left the stack "dev" locked: cancelling/);
    assert.ok(!existsSync(paths.nodeData), `${paths.nodeData} is still there`);
    assert.deepEqual(await stacks(), others);
  });
});
