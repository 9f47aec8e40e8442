import { join } from "node:path";

/** Context of the cluster that `make setup-k8s` makes, for users who name none of their own. */
export const SETUP_CONTEXT = "platform-dev";

/** The kubeconfig of a user who names a context and no file: where kubectl looks for one file. */
export function defaultKubeconfig(env: Readonly<NodeJS.ProcessEnv>, home: string): string {
  return env["KUBECONFIG"] ?? join(home, ".kube", "config");
}
