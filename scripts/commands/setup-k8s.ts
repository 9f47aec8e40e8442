import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { chooseCluster } from "../lib/cluster-choice";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { attempt, passThrough, run } from "../lib/run";

const HELP = `Usage: scripts/setup-k8s

Brings up the Kubernetes of the dev stack: the context of platform:kubeContext where Pulumi.dev.yaml has one, else a kind
cluster "platform" where a Docker daemon answers, else the one-node cluster (Linux, root). Safe to run again.
`;

export async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { help: { type: "boolean", short: "h", default: false } } });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const env = await platformEnvironment();
  const choice = chooseCluster({
    kubeContext: devConfig()["platform:kubeContext"],
    docker: (await answers("docker", ["info"], env)) === 0,
    kind: (await answers("kind", ["version"], env)) === 0,
    linux: process.platform === "linux",
    root: process.getuid?.() === 0,
  });
  switch (choice.cluster) {
    case "context":
      await run("kubectl", ["--context", choice.context, "get", "--raw", "/readyz"], { env, timeout: 15_000 });
      console.log(`setup-k8s: context "${choice.context}" answers (${choice.why}).`);
      return 0;
    case "kind":
      console.log(`setup-k8s: using kind (${choice.why}).`);
      return useKind(env);
    case "one-node":
      console.log(`setup-k8s: using the one-node cluster (${choice.why}).`);
      return passThrough(join(paths.root, "scripts", "cluster"), ["up"], { env });
    case "none":
      console.error(`setup-k8s: ${choice.why}`);
      return 1;
  }
}

/** The config of the dev stack, by its full keys. */
function devConfig(): Record<string, string> {
  return parse(readFileSync(join(paths.root, "Pulumi.dev.yaml"), "utf8"))?.config ?? {};
}

/** Exit code of a program, or -1 where it is not there or says nothing within five seconds. */
async function answers(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    return (await attempt(command, args, { env, timeout: 5_000 })).code;
  } catch {
    return -1;
  }
}

async function useKind(env: NodeJS.ProcessEnv): Promise<number> {
  const clusters = await run("kind", ["get", "clusters"], { env });
  if (!clusters.split("\n").includes("platform")) {
    const code = await passThrough("kind", ["create", "cluster", "--name", "platform", "--wait", "3m"], { env });
    if (code !== 0) return code;
  }
  await run("kind", ["export", "kubeconfig", "--name", "platform", "--kubeconfig", paths.kubeconfig], { env });
  await attempt("kubectl", ["--kubeconfig", paths.kubeconfig, "config", "delete-context", "platform-dev"], { env });
  await run(
    "kubectl",
    ["--kubeconfig", paths.kubeconfig, "config", "rename-context", "kind-platform", "platform-dev"],
    {
      env,
    },
  );
  return 0;
}
