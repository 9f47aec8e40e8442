import { join } from "node:path";

/** The kubeconfig of a user who names a context and no file: where kubectl looks for one file. */
export function defaultKubeconfig(env: Readonly<NodeJS.ProcessEnv>, home: string): string {
  return env["KUBECONFIG"] ?? join(home, ".kube", "config");
}
