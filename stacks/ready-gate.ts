import { request } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/** How a cluster is reached, and how long its API server may take. */
export interface ClusterAccess {
  /** Path of a kubeconfig file. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Seconds to wait for `/readyz`. */
  readonly timeoutSeconds: number;
}

/** See {@link whenReady}. */
export type WhenReady = (access: ClusterAccess) => Promise<void>;

/** Seconds between two lines of progress while waiting. */
const REPORT_SECONDS = 15;

/**
 * Resolves when the API server answers `/readyz` to the given credentials. Rejects with the last answer when that takes
 * longer than the limit, and at once when the kubeconfig cannot be read.
 */
export async function whenReady({ kubeconfig, context, timeoutSeconds }: ClusterAccess): Promise<void> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    config.loadFromFile(kubeconfig);
    config.setCurrentContext(context);
  } catch (error) {
    throw new pulumi.RunError(
      `There is no usable kubeconfig at ${kubeconfig} (${(error as Error).message}). Run \`make setup-k8s\`, or set a ` +
        "context of your own: pulumi config set platform:kubeContext NAME",
    );
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new pulumi.RunError(`${kubeconfig} has no context "${context}".`);
  const options = {};
  await config.applyToHTTPSOptions(options);

  const deadline = Date.now() + timeoutSeconds * 1000;
  let nextReport = Date.now() + REPORT_SECONDS * 1000;
  for (;;) {
    const answer = await readyz(server, options);
    if (answer === "ready") return;
    if (Date.now() > deadline)
      throw new pulumi.RunError(
        `The Kubernetes API at ${server} is not ready after ${timeoutSeconds} s: ${answer}. ` +
          "Look at it with `scripts/cluster status`; start it with `make setup-k8s`.",
      );
    if (Date.now() > nextReport) {
      nextReport += REPORT_SECONDS * 1000;
      await pulumi.log.info(`waiting for the Kubernetes API at ${server}: ${answer}`);
    }
    await pause(500);
  }
}

function readyz(server: string, options: object): Promise<string> {
  return new Promise((resolve) => {
    const call = request(new URL("/readyz", server), { ...options, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? "ready" : `it answers ${response.statusCode}`);
    });
    call.on("timeout", () => call.destroy(new Error("no answer within 5 s")));
    call.on("error", (error) => resolve(error.message));
    call.end();
  });
}
