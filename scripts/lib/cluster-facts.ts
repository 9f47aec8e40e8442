import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { ClusterFacts } from "./cluster-choice";
import { paths } from "./paths";
import { attempt } from "./run";

/** What this machine says about which Kubernetes the dev stack can use; `chooseCluster` decides. Takes at most 3 seconds. */
export async function observeCluster(): Promise<ClusterFacts> {
  const [docker, kind] = await Promise.all([answers("docker", ["info"]), answers("kind", ["version"])]);
  return {
    kubeContext: kubeContext(),
    docker,
    kind,
    linux: process.platform === "linux",
    root: process.getuid?.() === 0,
  };
}

/** `platform:kubeContext` of the dev stack; undefined where none is set. */
export function kubeContext(): string | undefined {
  try {
    return parse(readFileSync(join(paths.root, "Pulumi.dev.yaml"), "utf8"))?.config?.["platform:kubeContext"];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`Pulumi.dev.yaml cannot be read: ${(error as Error).message}`);
  }
}

async function answers(command: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await attempt(command, args, { timeout: 3_000 })).code === 0;
  } catch {
    return false;
  }
}
