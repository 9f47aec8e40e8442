import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Kubectl } from "./kubectl";
import { patient } from "./patient-kubectl";

/** A PodTemplate, as far as it is used here. */
export interface PodTemplate {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: { readonly containers: readonly object[]; readonly [field: string]: unknown };
  };
}

interface Pod {
  readonly status: {
    readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
    readonly containerStatuses?: readonly {
      readonly state: {
        readonly waiting?: { readonly reason: string; readonly message?: string };
        readonly terminated?: { readonly exitCode: number };
      };
    }[];
  };
}

/** A PodTemplate of the stack, and what its container is to be told. */
export interface TemplateRun {
  readonly namespace: string;
  readonly template: string;
  /** Arguments of the container. @default those of the template */
  readonly args?: readonly string[];
  /** Seconds in which it must end. @default 300 */
  readonly limitSeconds?: number;
  /** What to say of a run by the last line that it wrote so far; undefined: nothing new. @default only the pod's state is told */
  readonly progress?: (line: string) => string | undefined;
}

/** How a run has ended. */
export interface Ended {
  /** All that it wrote. */
  readonly log: string;
  readonly exitCode: number;
}

const LIMIT_SECONDS = 300;
/** What ends soon is seen soon; each question is a process of kubectl, which a long run should not pay for. */
const POLL_MILLISECONDS = { soon: 500, later: 3000 };
const SOON_MILLISECONDS = 20_000;
/** Kubernetes takes the Job away by itself this long after its end, should this process be killed before it does. */
const LEFT_SECONDS = 600;

/** A Job that runs the template's pod once. It is the script's own, and says so. */
export function jobFrom(
  { metadata, template }: PodTemplate,
  suffix: string,
  { args, limitSeconds = LIMIT_SECONDS }: Pick<TemplateRun, "args" | "limitSeconds"> = {},
) {
  const labels: Readonly<Record<string, string>> = {
    ...template.metadata.labels,
    "app.kubernetes.io/managed-by": "scripts",
  };
  const containers =
    args === undefined
      ? template.spec.containers
      : template.spec.containers.map((container) => ({ ...container, args: [...args] }));
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: `${metadata.name}-${suffix}`, namespace: metadata.namespace, labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: limitSeconds,
      ttlSecondsAfterFinished: LEFT_SECONDS,
      template: { metadata: { labels }, spec: { ...template.spec, containers, restartPolicy: "Never" } },
    },
  };
}

type Job = ReturnType<typeof jobFrom>;

/** Runs the pod of a PodTemplate once and waits for its end, whether it succeeds or not. */
export async function runTemplate(
  kubectl: Kubectl,
  run: TemplateRun,
  onState: (state: string) => void,
): Promise<Ended> {
  const { namespace, template, progress } = run;
  const job = jobFrom(await templateOf(kubectl, namespace, template), randomSuffix(), run);
  const tell = async (state: string) => {
    const said =
      progress === undefined || state !== "running" ? undefined : progress(await logOf(kubectl, job, { lines: 1 }));
    onState(said ?? state);
  };
  return runJob(kubectl, job, tell, async (exitCode) => ({ log: await logOf(kubectl, job), exitCode }));
}

/** Six digits that tell apart what scripts make. */
export const randomSuffix = (): string => randomBytes(3).toString("hex");

/**
 * Runs a Job to its end, asks something about it by its exit code, and takes it away. An object that its pod reads may be made
 * with it, which goes when the Job does, whoever takes that away.
 */
export async function runJob<T>(
  kubectl: Kubectl,
  job: Job,
  onState: (state: string) => void | Promise<void>,
  ask: (exitCode: number) => Promise<T>,
  owned?: { readonly metadata: object },
): Promise<T> {
  const { name, namespace } = job.metadata;
  const uid = await kubectl(["create", "--filename=-", "--output=jsonpath={.metadata.uid}"], JSON.stringify(job));
  try {
    if (owned !== undefined) {
      const ownerReferences = [{ apiVersion: job.apiVersion, kind: job.kind, name, uid }];
      const metadata = { ...owned.metadata, ownerReferences };
      await kubectl(["create", "--filename=-"], JSON.stringify({ ...owned, metadata }));
    }
    return await ask(await untilEnded(patient(kubectl), job, onState));
  } finally {
    const gone = ["--wait=false", "--ignore-not-found"];
    await patient(kubectl)(["delete", "job", name, "--namespace", namespace, ...gone]);
  }
}

/** What a container of a Job has written; the first one's where none is named, and as many of its last lines as are asked for. */
export const logOf = (
  kubectl: Kubectl,
  { metadata: { name, namespace } }: Job,
  { container, lines = -1 }: { readonly container?: string; readonly lines?: number } = {},
): Promise<string> => {
  const of = container === undefined ? [] : ["--container", container];
  return patient(kubectl)(["logs", `job/${name}`, "--namespace", namespace, ...of, `--tail=${lines}`]);
};

/** What the stack keeps under a name. */
export async function templateOf(kubectl: Kubectl, namespace: string, name: string): Promise<PodTemplate> {
  const args = ["get", "podtemplate", name, "--namespace", namespace, "--ignore-not-found", "--output=json"];
  const text = await kubectl(args);
  if (text.trim() === "") throw new Error(`There is no PodTemplate "${name}" in ${namespace}. Run \`make up\` first.`);
  return JSON.parse(text);
}

/** The exit code of the Job's first container, or 1 where it never ran. */
async function untilEnded(
  kubectl: Kubectl,
  { metadata, spec }: Job,
  onState: (state: string) => void | Promise<void>,
): Promise<number> {
  const { name, namespace } = metadata;
  const began = Date.now();
  const deadline = began + spec.activeDeadlineSeconds * 1000;
  const args = [
    "get",
    "pods",
    "--namespace",
    namespace,
    `--selector=batch.kubernetes.io/job-name=${name}`,
    "--output=json",
  ];
  let state = "no pod yet";
  while (Date.now() < deadline) {
    const [pod] = (JSON.parse(await kubectl(args)) as { items: Pod[] }).items;
    if (pod === undefined) await refuseLost(kubectl, name, namespace);
    if (pod?.status.phase === "Succeeded") return 0;
    if (pod?.status.phase === "Failed") return pod.status.containerStatuses?.[0]?.state.terminated?.exitCode ?? 1;
    state = stateOf(pod);
    await onState(state);
    await delay(Date.now() - began < SOON_MILLISECONDS ? POLL_MILLISECONDS.soon : POLL_MILLISECONDS.later);
  }
  throw new Error(
    `The Job ${name} did not end within ${spec.activeDeadlineSeconds} s (${state}). Look at: kubectl get events -n ${namespace}`,
  );
}

/** Throws where a Job has failed although it has no pod: it was deleted, by somebody or by a node without room. */
async function refuseLost(kubectl: Kubectl, name: string, namespace: string): Promise<void> {
  const condition = "jsonpath={.status.conditions[?(@.type=='Failed')].message}";
  const why = await kubectl(["get", "job", name, "--namespace", namespace, `--output=${condition}`]);
  if (why !== "")
    throw new Error(`The pod of the Job ${name} was deleted before it was through: ${why}. Repeat what it was to do.`);
}

function stateOf(pod: Pod | undefined): string {
  if (pod === undefined) return "no pod yet";
  const waiting = pod.status.containerStatuses?.[0]?.state.waiting;
  if (waiting === undefined) return pod.status.phase.toLowerCase();
  return [waiting.reason, waiting.message].filter((part) => part !== undefined).join(": ");
}
