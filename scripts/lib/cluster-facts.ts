import type { ClusterFacts } from "./cluster-choice";
import { attempt } from "./run";
import { givenContext } from "./stack-file";

/** What this machine says about which Kubernetes the dev stack can use; `chooseCluster` decides. Takes at most 3 seconds. */
export async function observeCluster(): Promise<ClusterFacts> {
  const [docker, kind] = await Promise.all([answers("docker", ["info"]), answers("kind", ["version"])]);
  return {
    given: givenContext(),
    docker,
    kind,
    linux: process.platform === "linux",
    root: process.getuid?.() === 0,
  };
}

async function answers(command: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await attempt(command, args, { timeout: 3_000 })).code === 0;
  } catch {
    return false;
  }
}
