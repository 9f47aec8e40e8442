import assert from "node:assert/strict";
import { get, script, succeeds, tool } from "../support/cli";

/** Seconds within which a second `pulumi up` must find nothing to do. */
const UNCHANGED_SECONDS = 30;

describe("make up", () => {
  it("brings the platform to life and counts the flights in it", async () => {
    const { code, stdout, stderr } = await script("up");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
  });

  it("a second time changes nothing", async () => {
    const started = Date.now();
    await succeeds("pulumi", ["up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev"]);
    const seconds = (Date.now() - started) / 1000;
    assert.ok(seconds < UNCHANGED_SECONDS, `it took ${seconds.toFixed(1)} s`);
  });

  it("previews without a change", () => succeeds("pulumi", ["preview", "--expect-no-changes", "--stack", "dev"]));

  it("leaves every pod ready, without a restart", async () => {
    const { items } = await get("pods", "--all-namespaces");
    const unready = items.filter(({ status }) => {
      const { phase, containerStatuses = [] } = status as unknown as PodStatus;
      if (phase === "Succeeded") return false;
      return containerStatuses.some(({ ready, restartCount }) => !ready || restartCount > 0);
    });
    assert.deepEqual(
      unready.map(({ metadata }) => metadata.name),
      [],
    );
  });

  it("leaves git status clean", async () => {
    const { stdout } = await tool("git", ["status", "--porcelain", "--", "Pulumi.yaml", "Pulumi.dev.yaml"]);
    assert.equal(stdout, "");
  });
});

interface PodStatus {
  readonly phase: string;
  readonly containerStatuses?: readonly { readonly ready: boolean; readonly restartCount: number }[];
}
