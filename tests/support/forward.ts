import { paths } from "../../scripts/lib/paths";
import { eventually, start } from "./cli";

/** A port of this machine that leads to one inside the cluster. */
export interface Forward {
  readonly port: number;
  close(): void;
}

/** Opens a way to a port of a pod or Service, such as `service/keycloak`. It ends with the pod that it leads to. */
export async function forward(namespace: string, target: string, port: number): Promise<Forward> {
  const args = ["port-forward", "--namespace", namespace, target, `:${port}`];
  const begin = () => start("kubectl", ["--kubeconfig", paths.kubeconfig, ...args]);
  let child = await begin();
  const close = () => void child.kill();
  try {
    const local = await eventually(`the way to ${target} in ${namespace}`, 120, async () => {
      if (child.exitCode !== null) {
        const said = child.output();
        child = await begin(); // a Service may have led to a pod that is going or not there yet
        throw new Error(said);
      }
      return /127\.0\.0\.1:(\d+)/.exec(child.output())?.[1];
    });
    return { port: Number(local), close };
  } catch (error) {
    close();
    throw error;
  }
}
