import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Kubectl } from "./kubectl";

/** Namespace of the pipelines' pods. */
export const NAMESPACE = "platform-pipelines";

/** Namespace of Airflow's pods. */
export const AIRFLOW_NAMESPACE = "platform-airflow";

/** A PodTemplate, as far as it is used here. */
export interface PodTemplate {
  readonly metadata: { readonly name: string };
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: Readonly<Record<string, unknown>>;
  };
}

interface Pod {
  readonly status: {
    readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
    readonly containerStatuses?: readonly {
      readonly state: { readonly waiting?: { readonly reason: string; readonly message?: string } };
    }[];
  };
}

const LIMIT_SECONDS = 300;
const POLL_MILLISECONDS = 500;
/** Kubernetes takes the Job away by itself this long after its end, should this process be killed before it does. */
const LEFT_SECONDS = 600;

/** A Job that runs the template's pod once. It is the script's own, and says so. */
export function jobFrom({ metadata, template }: PodTemplate, suffix: string, namespace = NAMESPACE) {
  const labels: Readonly<Record<string, string>> = {
    ...template.metadata.labels,
    "app.kubernetes.io/managed-by": "scripts",
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: `${metadata.name}-${suffix}`, namespace, labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: LIMIT_SECONDS,
      ttlSecondsAfterFinished: LEFT_SECONDS,
      template: { metadata: { labels }, spec: { ...template.spec, restartPolicy: "Never" } },
    },
  };
}

/** Runs a pipeline step that the stack keeps as a PodTemplate; what it wrote, whether it succeeded or not. */
export async function runPipeline(
  kubectl: Kubectl,
  workload: string,
  onState: (state: string) => void,
): Promise<string> {
  return runJob(kubectl, jobFrom(await templateOf(kubectl, workload), randomSuffix()), onState, ({ name, namespace }) =>
    kubectl(["logs", `job/${name}`, "--namespace", namespace, "--tail=-1"]),
  );
}

/** Six digits that tell apart what scripts make. */
export const randomSuffix = (): string => randomBytes(3).toString("hex");

/** Runs a Job to its end, asks something about it, and takes it away. */
export async function runJob<T>(
  kubectl: Kubectl,
  job: ReturnType<typeof jobFrom>,
  onState: (state: string) => void,
  ask: (job: { name: string; namespace: string; succeeded: boolean }) => Promise<T>,
): Promise<T> {
  const { name, namespace } = job.metadata;
  await kubectl(["create", "--filename=-"], JSON.stringify(job));
  try {
    const succeeded = await untilEnded(kubectl, namespace, name, onState);
    return await ask({ name, namespace, succeeded });
  } finally {
    await kubectl(["delete", "job", name, "--namespace", namespace, "--wait=false"]);
  }
}

/** What the stack keeps under a name. */
export async function templateOf(kubectl: Kubectl, workload: string, namespace = NAMESPACE): Promise<PodTemplate> {
  const args = ["get", "podtemplate", workload, "--namespace", namespace, "--ignore-not-found", "--output=json"];
  const text = await kubectl(args);
  if (text.trim() === "")
    throw new Error(`There is no PodTemplate "${workload}" in ${namespace}. Run \`make up\` first.`);
  return JSON.parse(text);
}

/** Waits until the Job's pod has ended; whether it succeeded. */
async function untilEnded(
  kubectl: Kubectl,
  namespace: string,
  job: string,
  onState: (state: string) => void,
): Promise<boolean> {
  const deadline = Date.now() + LIMIT_SECONDS * 1000;
  const args = [
    "get",
    "pods",
    "--namespace",
    namespace,
    `--selector=batch.kubernetes.io/job-name=${job}`,
    "--output=json",
  ];
  let state = "no pod yet";
  while (Date.now() < deadline) {
    const [pod] = (JSON.parse(await kubectl(args)) as { items: Pod[] }).items;
    if (pod?.status.phase === "Succeeded" || pod?.status.phase === "Failed") return pod.status.phase === "Succeeded";
    state = stateOf(pod);
    onState(state);
    await delay(POLL_MILLISECONDS);
  }
  throw new Error(
    `The Job ${job} did not end within ${LIMIT_SECONDS} s (${state}). Look at: kubectl get events -n ${namespace}`,
  );
}

function stateOf(pod: Pod | undefined): string {
  if (pod === undefined) return "no pod yet";
  const waiting = pod.status.containerStatuses?.[0]?.state.waiting;
  if (waiting === undefined) return pod.status.phase.toLowerCase();
  return [waiting.reason, waiting.message].filter((part) => part !== undefined).join(": ");
}
