import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Kubectl, kubectlOfDev } from "./kubectl";
import { paths } from "./paths";
import { byRecord, type Candidate, candidates, importFile, isLabelled } from "./recover";
import { outlasting, run } from "./run";
import { cancelDeadLocks } from "./stack-locks";
import { stateOf } from "./stack-state";

/**
 * Puts a stack right that a killed `pulumi` left behind: cancels locks whose owner on this machine is dead, and takes
 * objects into the state that were made but not yet recorded, or deletes those that were to replace recorded ones. Only objects with
 * this stack's label are touched. Throws where a living `pulumi` holds the lock.
 */
export async function recoverInterrupted(stack: string, env: NodeJS.ProcessEnv, say: (line: string) => void) {
  cancelDeadLocks(stack, env, say);
  const { resources, pending } = await stateOf(stack, env);
  if (pending.length === 0) return;
  const kubectl = await kubectlOfDev();
  const ours = await existing(kubectl, candidates(pending), stack);
  const { adopted, replacing } = byRecord(
    ours,
    resources.map(({ urn }) => urn),
  );
  say(
    `${pending.length} unfinished operations; objects of this stack that they made, and that are adopted: ${adopted.length}`,
  );
  if (replacing.length > 0) say(`${replacing.length} that were to replace others are deleted, and are made again`);
  for (const { object } of replacing) await kubectl(["delete", "--filename=-"], JSON.stringify(object));
  const changing = ["--yes", "--skip-preview", "--non-interactive", "--stack", stack];
  if (adopted.length > 0) {
    const file = join(paths.platform, "adopted.json");
    writeFileSync(file, JSON.stringify(importFile(adopted)));
    const options = ["--file", file, "--protect=false", "--generate-code=false"];
    await outlasting(() => run("pulumi", ["import", ...options, ...changing], { env, cwd: paths.root }));
    rmSync(file);
  }
  const refresh = ["refresh", "--clear-pending-creates", ...changing];
  await outlasting(() => run("pulumi", refresh, { env, cwd: paths.root }));
}

/** Those of the candidates that are in the cluster and carry the stack's label. */
async function existing(kubectl: Kubectl, all: readonly Candidate[], stack: string): Promise<Candidate[]> {
  const found = await Promise.all(
    all.map(async (candidate) => {
      const text = await kubectl(
        ["get", "-f", "-", "-o", "json", "--ignore-not-found"],
        JSON.stringify(candidate.object),
      );
      return isLabelled(text, stack) ? [candidate] : [];
    }),
  );
  return found.flat();
}
