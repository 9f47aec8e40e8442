import { askWorkload } from "./ask-workload";
import { namespaceOf } from "./dev-environment";
import { ClusterGone, type Kubectl } from "./kubectl";
import type { Step } from "./progress";
import { runTemplate } from "./template-run";

/** Namespace of Airflow's pods. */
const namespace = () => namespaceOf(SCHEDULER);
/** Part of Airflow that knows its database and is always there. */
const SCHEDULER = "airflow-scheduler";
const TEMPLATE = "dags-run";
const LIMIT_SECONDS = 3600;

/** A run of a DAG. */
export interface DagRun {
  readonly name: string;
  readonly state: "queued" | "running" | "success" | "failed";
}

/** The runs of a DAG whose names begin so, the newest last. */
export async function runsOf(kubectl: Kubectl, dag: string, begin: string): Promise<DagRun[]> {
  const runs = ["python3", "-m", "platform_airflow.runs", dag, begin];
  const text = await askWorkload(kubectl, { namespace: namespace(), deployment: SCHEDULER }, runs);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Which run to follow where one of a name is wanted once: undefined where it has succeeded; one that goes on; else a new name. */
export function onceMore(runs: readonly DagRun[], name: string): string | undefined {
  if (runs.some(({ state }) => state === "success")) return undefined;
  const going = runs.find(({ state }) => state === "queued" || state === "running");
  return going?.name ?? `${name}-${runs.length + 1}`;
}

/** Starts a run, or takes it up, and follows it to its end. Throws where it does not succeed, and says why. */
export async function runDag(
  kubectl: Kubectl,
  dag: string,
  name: string,
  { update, say }: Pick<Step, "update" | "say">,
): Promise<void> {
  const args = ["python3", "-m", "platform_airflow.run", dag, name];
  let waits = false;
  const progress = (line: string) => {
    const waiting = waitingIn(line);
    if (waiting !== undefined && !waits) say(waiting);
    waits = waiting !== undefined;
    return waiting ?? tasksIn(line);
  };
  const run = { namespace: namespace(), template: TEMPLATE, args, limitSeconds: LIMIT_SECONDS, progress };
  const { log, exitCode } = await runTemplate(kubectl, run, update).catch((error) => {
    throw error instanceof ClusterGone
      ? new Error(`${error.message}. The run "${name}" of ${dag} goes on after that, where it had begun.`)
      : error;
  });
  if (exitCode !== 0) throw new Error(whyNot(dag, name, log.trim().split("\n")));
}

/** Why a run has not succeeded, from the lines that it wrote. */
export function whyNot(dag: string, name: string, lines: readonly string[]): string {
  const { state, known = [] } = lines.map(parsed).findLast((said) => said.state !== undefined) ?? {};
  switch (state) {
    case "unknown":
      return `Airflow knows no DAG "${dag}"; it knows: ${known.join(", ") || "none"}. scripts/dags push brings those of pipelines/dags.`;
    case "paused":
      return `The DAG ${dag} is paused, and its runs wait. Unpause it: scripts/open airflow, DAG ${dag}.`;
    case "deleted":
      return `The run "${name}" of ${dag} was deleted meanwhile.`;
  }
  const tasks = lines.map(tasksIn).findLast((text) => text !== undefined);
  return `The run "${name}" of ${dag} failed (${tasks ?? lines.at(-1)}). Its logs: scripts/open airflow, DAG ${dag}.`;
}

/** What a line says of the tasks; undefined where it says nothing of them. */
export function tasksIn(line: string): string | undefined {
  const { tasks } = parsed(line);
  if (tasks === undefined) return undefined;
  return Object.entries(tasks)
    .map(([task, state]) => `${task} ${state}`)
    .join(", ");
}

/** What a line says where the DAG is waited for; undefined where it is not. */
export function waitingIn(line: string): string | undefined {
  const { event, seconds } = parsed(line);
  return event === "unknown" ? `Airflow knows no such DAG yet; one just pushed is waited for ${seconds} s` : undefined;
}

/** What platform_airflow/run.py writes. */
interface Said {
  readonly event?: string;
  readonly tasks?: Readonly<Record<string, string>>;
  readonly state?: string;
  readonly known?: readonly string[];
  readonly seconds?: number;
}

function parsed(line: string): Said {
  try {
    return JSON.parse(line);
  } catch {
    return {}; // a line of Airflow's own
  }
}
