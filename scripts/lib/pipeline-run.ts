import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Kubectl } from "./kubectl";

/** Namespace of the pipelines' pods. */
export const NAMESPACE = "platform-pipelines";

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
export function jobFrom({ metadata, template }: PodTemplate, suffix: string) {
  const labels: Readonly<Record<string, string>> = {
    ...template.metadata.labels,
    "app.kubernetes.io/managed-by": "scripts",
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: `${metadata.name}-${suffix}`, namespace: NAMESPACE, labels },
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
  const job = jobFrom(await templateOf(kubectl, workload), randomBytes(3).toString("hex"));
  const { name } = job.metadata;
  await kubectl(["create", "--filename=-"], JSON.stringify(job));
  try {
    await untilEnded(kubectl, name, onState);
    return await kubectl(["logs", `job/${name}`, "--namespace", NAMESPACE, "--tail=-1"]);
  } finally {
    await kubectl(["delete", "job", name, "--namespace", NAMESPACE, "--wait=false"]);
  }
}

async function templateOf(kubectl: Kubectl, workload: string): Promise<PodTemplate> {
  const args = ["get", "podtemplate", workload, "--namespace", NAMESPACE, "--ignore-not-found", "--output=json"];
  const text = await kubectl(args);
  if (text.trim() === "")
    throw new Error(`There is no PodTemplate "${workload}" in ${NAMESPACE}. Run \`make up\` first.`);
  return JSON.parse(text);
}

async function untilEnded(kubectl: Kubectl, job: string, onState: (state: string) => void): Promise<void> {
  const deadline = Date.now() + LIMIT_SECONDS * 1000;
  const args = [
    "get",
    "pods",
    "--namespace",
    NAMESPACE,
    `--selector=batch.kubernetes.io/job-name=${job}`,
    "--output=json",
  ];
  let state = "no pod yet";
  while (Date.now() < deadline) {
    const [pod] = (JSON.parse(await kubectl(args)) as { items: Pod[] }).items;
    if (pod?.status.phase === "Succeeded" || pod?.status.phase === "Failed") return;
    state = stateOf(pod);
    onState(state);
    await delay(POLL_MILLISECONDS);
  }
  throw new Error(
    `The Job ${job} did not end within ${LIMIT_SECONDS} s (${state}). Look at: kubectl get events -n ${NAMESPACE}`,
  );
}

function stateOf(pod: Pod | undefined): string {
  if (pod === undefined) return "no pod yet";
  const waiting = pod.status.containerStatuses?.[0]?.state.waiting;
  if (waiting === undefined) return pod.status.phase.toLowerCase();
  return [waiting.reason, waiting.message].filter((part) => part !== undefined).join(": ");
}
