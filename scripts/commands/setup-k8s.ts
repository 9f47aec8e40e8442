import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SETUP_CONTEXT } from "../../environment";
import { chooseCluster } from "../lib/cluster-choice";
import { observeCluster } from "../lib/cluster-facts";
import { command } from "../lib/command-line";
import { hostPorts, kindConfig } from "../lib/gateway-access";
import { KIND_NODE } from "../lib/kind";
import { inContext } from "../lib/kubectl";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { attempt, passThrough, run } from "../lib/run";

const HELP = `Usage: scripts/setup-k8s

Brings up the Kubernetes of the dev stack: the context of platform:kubeContext where Pulumi.dev.yaml has one, else a kind
cluster "platform" where a Docker daemon answers, else the one-node cluster (Linux, root). Safe to run again.
`;

export const main = command({ name: "setup-k8s", help: HELP }, async () => {
  const env = await platformEnvironment();
  const choice = chooseCluster(await observeCluster());
  switch (choice.cluster) {
    case "context":
      await run("kubectl", [...inContext(choice), "get", "--raw", "/readyz"], { env, timeout: 15_000 });
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
});

function writeKindConfig(): string {
  const file = join(paths.platform, "kind.json");
  mkdirSync(paths.platform, { recursive: true });
  writeFileSync(file, JSON.stringify(kindConfig(hostPorts())));
  return file;
}

async function useKind(env: NodeJS.ProcessEnv): Promise<number> {
  const clusters = await run("kind", ["get", "clusters"], { env });
  const code = clusters.split("\n").includes("platform")
    ? await passThrough("docker", ["start", KIND_NODE], { env })
    : await passThrough(
        "kind",
        ["create", "cluster", "--name", "platform", "--wait", "3m", "--config", writeKindConfig()],
        { env },
      );
  if (code !== 0) return code;
  await run("kind", ["export", "kubeconfig", "--name", "platform", "--kubeconfig", paths.kubeconfig], { env });
  await attempt("kubectl", ["--kubeconfig", paths.kubeconfig, "config", "delete-context", SETUP_CONTEXT], { env });
  await run("kubectl", ["--kubeconfig", paths.kubeconfig, "config", "rename-context", "kind-platform", SETUP_CONTEXT], {
    env,
  });
  return 0;
}
