import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { ended, eventually, get, script, start, succeeds, tool } from "../support/cli";
import { makeSmall, makeWhole } from "../support/small-platform";

const SELECTOR = "platform.data/stack=dev";
const UP = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev"];

/** Kinds that a stack's objects have: in namespaces, which are last because theirs go with them, and of the whole cluster. */
const KINDS = [
  "deployments,statefulsets,jobs,services,configmaps,secrets,networkpolicies,serviceaccounts,namespaces",
  "customresourcedefinitions,clusterroles,clusterrolebindings,apiservices",
  "mutatingwebhookconfigurations,validatingwebhookconfigurations",
].join(",");

async function ours(): Promise<number> {
  return (await get(KINDS, "--all-namespaces", "--selector", SELECTOR)).items.length;
}

describe("destroy and interruptions", () => {
  after(makeWhole);

  it("pulumi destroy leaves nothing of the stack in the cluster", async () => {
    await succeeds("pulumi", ["destroy", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev"]);
    assert.equal(await ours(), 0);
    const { items: volumes } = await get("persistentvolumes");
    assert.deepEqual(
      volumes.map(({ metadata }) => metadata.name),
      [],
    );
    makeSmall();
  });

  it("an up stopped by SIGINT is finished by the next one", async () => {
    const up = await start("pulumi", UP);
    await eventually("the first objects", 120, async () => ((await ours()) > 5 ? true : undefined));
    up.kill("SIGINT");
    assert.notEqual(await ended(up), 0, up.output());
    // The second one is killed in the next test, in the middle of what this one left to do.
  });

  it("after kill -9, pulumi says that the stack is locked", async () => {
    const before = await ours();
    const up = await start("pulumi", UP);
    await eventually("more objects", 120, async () => ((await ours()) > before + 3 ? true : undefined));
    process.kill(engineOf(up.pid), "SIGKILL");
    await ended(up);
    const { code, stdout, stderr } = await tool("pulumi", UP);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /lock/);
  });

  it("make up recognises the dead owner and finishes", async () => {
    const { code, stdout, stderr } = await script("up");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    await succeeds("pulumi", ["up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev"]);
  });

  it("make up adopts what was made but not recorded", async () => {
    const file = join(paths.state, ".pulumi", "stacks", "platform", "dev.json");
    const state = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify(unrecorded(state)));
    const { code, stdout, stderr } = await script("up");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.match(stdout, /that are adopted: 1\b/);
    await succeeds("pulumi", ["up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev"]);
  });
});

interface State {
  readonly checkpoint: { readonly latest: { resources: StateResource[]; pending_operations?: unknown[] } };
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly dependencies?: readonly string[];
}

/** The state as an update leaves it that was killed between the creation of an object and its record: a Service, on which nothing depends. */
function unrecorded(state: State): State {
  const { latest } = state.checkpoint;
  const needed = new Set(latest.resources.flatMap(({ dependencies = [] }) => dependencies));
  const lost = latest.resources.find(({ urn, type }) => type === "kubernetes:core/v1:Service" && !needed.has(urn));
  assert.ok(lost !== undefined, "every Service is needed by something");
  latest.resources = latest.resources.filter((resource) => resource !== lost);
  const { id: _, outputs: __, ...resource } = lost as StateResource & { id: string; outputs: object };
  latest.pending_operations = [{ type: "creating", resource }];
  return state;
}

/** The process that holds the lock: `pulumi` itself, or its child where a launcher started it. */
function engineOf(pid: number | undefined): number {
  assert.ok(pid !== undefined);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  const engine = children.find(
    (child) => child > 0 && /pulumi\0up/.test(readFileSync(`/proc/${child}/cmdline`, "utf8")),
  );
  return engine ?? pid;
}
