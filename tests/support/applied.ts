import { paths } from "../../scripts/lib/paths";
import { platformEnvironment } from "../../scripts/lib/platform-environment";
import { run } from "../../scripts/lib/run";

/** Applies objects to the cluster of the dev stack; answers what takes them away again. */
export async function applied(objects: readonly object[]): Promise<() => Promise<void>> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const env = await platformEnvironment();
  const kubectl = (...args: string[]) => run("kubectl", ["--kubeconfig", paths.kubeconfig, ...args], { env, input });
  await kubectl("apply", "--server-side", "--filename=-");
  return async () => {
    await kubectl("delete", "--ignore-not-found", "--filename=-");
  };
}
