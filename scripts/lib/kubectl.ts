import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { paths } from "./paths";
import { platformEnvironment } from "./platform-environment";
import { run } from "./run";

/** Calls kubectl and answers its standard output. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** kubectl on the Kubernetes of the dev stack: the context of `platform:kubeContext`, else the cluster that set-up made. */
export async function kubectlOfDev(): Promise<Kubectl> {
  const env = await platformEnvironment();
  const stack = parse(readFileSync(join(paths.root, "Pulumi.dev.yaml"), "utf8")) as { config?: Record<string, string> };
  const context = stack.config?.["platform:kubeContext"];
  const target = context === undefined ? ["--kubeconfig", paths.kubeconfig] : ["--context", context];
  return (args, input) => run("kubectl", [...target, ...args], { env, ...(input === undefined ? {} : { input }) });
}
