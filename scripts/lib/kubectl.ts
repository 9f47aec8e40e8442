import { paths } from "./paths";
import { platformEnvironment } from "./platform-environment";
import { run } from "./run";
import { type GivenContext, givenContext } from "./stack-file";

/** Calls kubectl and answers its standard output. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** kubectl on the Kubernetes of the dev stack: the context of `platform:kubeContext`, else the cluster that set-up made. */
export async function kubectlOfDev(): Promise<Kubectl> {
  const env = await platformEnvironment();
  const given = givenContext();
  const target = given === undefined ? ["--kubeconfig", paths.kubeconfig] : inContext(given);
  return (args, input) => run("kubectl", [...target, ...args], { env, ...(input === undefined ? {} : { input }) });
}

/** Options of kubectl for a Kubernetes of the user's own. */
export function inContext({ kubeconfig, context }: GivenContext): string[] {
  return ["--kubeconfig", kubeconfig, "--context", context];
}
