import { kubeContext } from "./cluster-facts";
import { paths } from "./paths";
import { platformEnvironment } from "./platform-environment";
import { run } from "./run";

/** Calls kubectl and answers its standard output. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** kubectl on the Kubernetes of the dev stack: the context of `platform:kubeContext`, else the cluster that set-up made. */
export async function kubectlOfDev(): Promise<Kubectl> {
  const env = await platformEnvironment();
  const context = kubeContext();
  const target = context === undefined ? ["--kubeconfig", paths.kubeconfig] : ["--context", context];
  return (args, input) => run("kubectl", [...target, ...args], { env, ...(input === undefined ? {} : { input }) });
}
