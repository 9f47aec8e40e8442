import assert from "node:assert/strict";
import { paths } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/run";
import { eventually, get, type KubernetesObject, kubectl } from "./cli";

const NAMESPACE = "platform-pipelines";

interface Job extends KubernetesObject {
  readonly spec: {
    readonly template: { readonly metadata: object; readonly spec: PodSpec };
    readonly backoffLimit?: number;
  };
  readonly status: {
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: { type: string; status: string }[];
  };
}

interface PodSpec {
  readonly containers: readonly { readonly args?: readonly string[] }[];
}

/** Starts another run of a pipeline's Job, like the one that Pulumi owns but for its name and, if given, its arguments. */
export async function startAgain(application: string, name: string, args?: readonly string[]): Promise<void> {
  const { items } = await get<{ items: Job[] }>("jobs", "-n", NAMESPACE, "-l", `app.kubernetes.io/name=${application}`);
  const [original] = items;
  assert.ok(original !== undefined, `no Job of ${application} in ${NAMESPACE}`);
  const { spec } = original;
  const pod = spec.template.spec;
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      backoffLimit: 10,
      template: {
        metadata: { labels: { "app.kubernetes.io/name": application } },
        spec: {
          ...pod,
          containers: pod.containers.map((container) => ({ ...container, args: args ?? container.args })),
        },
      },
    },
  };
  await run(`${paths.bin}/kubectl`, ["--kubeconfig", paths.kubeconfig, "create", "-f", "-"], {
    input: JSON.stringify(job),
  });
}

/** Waits until a Job has succeeded, and takes it away; fails where it failed for good. */
export async function finished(name: string, seconds: number): Promise<void> {
  const state = await eventually(`the Job ${name}`, seconds, async () => {
    const { status } = await get<Job>("job", name, "-n", NAMESPACE);
    return status.conditions?.find(({ type, status: on }) => on === "True" && /^(Complete|Failed)$/.test(type))?.type;
  });
  if (state === "Failed") assert.fail(await kubectl("logs", "-n", NAMESPACE, `job/${name}`, "--tail=30"));
  await kubectl("delete", "job", name, "-n", NAMESPACE, "--wait=true");
}
