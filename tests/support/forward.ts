import { createServer } from "node:net";
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
  const child = await start("kubectl", ["--kubeconfig", paths.kubeconfig, ...args]);
  const close = () => void child.kill();
  try {
    const local = await eventually(`the way to ${target} in ${namespace}`, 120, async () => {
      if (child.exitCode !== null) throw new Error(child.output());
      return /127\.0\.0\.1:(\d+)/.exec(child.output())?.[1];
    });
    return { port: Number(local), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}
