import assert from "node:assert/strict";
import { applied } from "./applied";
import { eventually, get, type KubernetesObject, kubectl } from "./cli";
import { devEnvironment } from "./dev-environment";

const { workloads } = devEnvironment();

/** Namespaces of Spark's servers and of its jobs. */
export const SERVERS = workloads["spark-operator"]?.namespace ?? "";
export const JOBS = workloads["spark-job"]?.namespace ?? "";

interface Application extends KubernetesObject {
  readonly status?: {
    readonly sparkApplicationId?: string;
    readonly applicationState?: { readonly state?: string; readonly errorMessage?: string };
    readonly driverInfo?: { readonly podName?: string };
  };
}

interface Template extends KubernetesObject {
  readonly spec: { readonly template: object };
}

/** How a job ended. */
export interface Ended {
  readonly state: string;
  /** Spark's own id of the run. */
  readonly id: string;
  readonly log: string;
}

/** Starts a job from its template, as Airflow does; `change` rewrites the JSON of its spec. */
export async function startJob(template: string, name: string, change = (spec: string) => spec): Promise<void> {
  const { spec } = await get<Template>("scheduledsparkapplication", template, "-n", JOBS);
  const application = {
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: { name, namespace: JOBS },
    spec: JSON.parse(change(JSON.stringify(spec.template))),
  };
  await applied([application]);
}

/** Waits until a job has ended, and takes it away. */
export async function jobEnded(name: string, seconds: number): Promise<Ended> {
  const { status } = await eventually(`the end of job ${name}`, seconds, async () => {
    const application = await get<Application>("sparkapplication", name, "-n", JOBS);
    return /^(COMPLETED|FAILED|SUBMISSION_FAILED)$/.test(application.status?.applicationState?.state ?? "")
      ? application
      : undefined;
  });
  const pod = status?.driverInfo?.podName ?? "";
  const log = pod === "" ? "" : await kubectl("logs", "-n", JOBS, pod, "--tail=400").catch(String);
  await kubectl("delete", "sparkapplication", name, "-n", JOBS, "--wait=true");
  const { state = "", errorMessage = "" } = status?.applicationState ?? {};
  return { state, id: status?.sparkApplicationId ?? "", log: `${errorMessage}\n${log}` };
}

/** Runs a job of a template to its end; fails, with the end of its log, where it did not complete. */
export async function runJob(template: string, name: string, seconds: number): Promise<Ended> {
  await startJob(template, name);
  const ended = await jobEnded(name, seconds);
  assert.equal(ended.state, "COMPLETED", ended.log.slice(-4000));
  return ended;
}

/** A statement in the warehouse, as its superuser; answers what psql prints. */
export async function warehouse(statement: string): Promise<string> {
  const namespace = workloads["postgres"]?.namespace ?? "";
  const primary = ["-l", "cnpg.io/instanceRole=primary", "-o", "jsonpath={.items[0].metadata.name}"];
  const pod = await kubectl("get", "pods", "-n", namespace, ...primary);
  const psql = ["psql", "-v", "ON_ERROR_STOP=1", "-d", "warehouse", "-Atqc", statement];
  return (await kubectl("exec", "-n", namespace, pod, "-c", "postgres", "--", ...psql)).trim();
}
