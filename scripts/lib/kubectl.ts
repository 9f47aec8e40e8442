import { accessSync, constants, existsSync } from "node:fs";
import { SETUP_CONTEXT } from "../../environment";
import { paths } from "./paths";
import { platformEnvironment } from "./platform-environment";
import { run } from "./run";
import { type GivenContext, givenContext } from "./stack-file";

/** Calls kubectl and answers its standard output. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** The cluster went away while a command was at work on it. */
export class ClusterGone extends Error {
  constructor(kubeconfig: string) {
    super(`the cluster went away meanwhile, as by make down (${kubeconfig} is gone). Bring it up again: make up`);
  }
}

/**
 * kubectl on the Kubernetes of the dev stack: the context of `platform:kubeContext`, else the cluster that set-up made here, else,
 * in another checkout such as CI's, the context `platform-dev` of `KUBECONFIG`. Throws where there is none.
 */
export async function kubectlOfDev(): Promise<Kubectl> {
  const context = givenContext() ?? { kubeconfig: kubeconfigOfDev(), context: SETUP_CONTEXT };
  const env = await platformEnvironment();
  const kubectl: Kubectl = (args, input) =>
    run("kubectl", [...inContext(context), ...args], { env, ...(input === undefined ? {} : { input }) });
  return existsSync(context.kubeconfig) ? noticingItsEnd(kubectl, context.kubeconfig) : kubectl;
}

/** The same kubectl, which throws `ClusterGone` where its kubeconfig was taken away meanwhile. */
export function noticingItsEnd(kubectl: Kubectl, kubeconfig: string): Kubectl {
  return (args, input) =>
    kubectl(args, input).catch((error) => {
      throw existsSync(kubeconfig) ? error : new ClusterGone(kubeconfig);
    });
}

/** Options of kubectl for a Kubernetes of the user's own. */
export function inContext({ kubeconfig, context }: GivenContext): string[] {
  return ["--kubeconfig", kubeconfig, "--context", context];
}

function kubeconfigOfDev(): string {
  const [file] = [paths.kubeconfig, process.env["KUBECONFIG"] ?? ""].filter((path) => existsSync(path));
  if (file !== undefined && isReadable(file)) return file;
  if (file !== undefined)
    throw new Error(
      `${file} cannot be read by this user: it is for the one who ran make up alone. Run the same command as that user (as root: sudo -E).`,
    );
  throw new Error(
    `there is no cluster here. Bring the platform up: make up. In another checkout, say by KUBECONFIG which file has its context ${SETUP_CONTEXT}.`,
  );
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
