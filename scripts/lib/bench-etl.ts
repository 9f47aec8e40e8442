import { setTimeout as delay } from "node:timers/promises";
import { devEnvironment, namespaceOf } from "./dev-environment";
import type { Kubectl } from "./kubectl";
import { logOf, randomSuffix, runJob } from "./template-run";

/** The job that is measured, as the platform keeps it for Airflow. */
const JOB = "flights-etl";
const namespace = () => namespaceOf("spark-job");
const LIMIT_SECONDS = 900;
const POLL_MILLISECONDS = 1000;

/** What the job says of itself at its end; see pipelines/warehouse/etl.py. */
export interface EtlRun {
  readonly records: number;
  /** From the start of the session to the end of the load. */
  readonly seconds: number;
}

interface Spec {
  readonly image: string;
  readonly mainApplicationFile: string;
  readonly arguments: readonly string[];
  readonly sparkConf: Readonly<Record<string, string>>;
  readonly driver: {
    readonly memory: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly template: {
      readonly spec: { readonly containers: readonly Container[]; readonly [field: string]: unknown };
    };
  };
  readonly executor: { readonly cores: number; readonly memory: string };
}

interface Container {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Forgets what the job has brought, so that it brings all of it again. */
export async function forgetEtl(kubectl: Kubectl): Promise<void> {
  const { namespace = "" } = devEnvironment().workloads["postgres"] ?? {};
  const primary = ["-l", "cnpg.io/instanceRole=primary", "-o", "jsonpath={.items[0].metadata.name}"];
  const pod = await kubectl(["get", "pods", "-n", namespace, ...primary]);
  const psql = ["psql", "-d", "warehouse", "-qc", "DROP SCHEMA IF EXISTS etl, etl_intake CASCADE"];
  await kubectl(["exec", "-n", namespace, pod, "-c", "postgres", "--", ...psql]);
}

/** The job by the platform: the operator starts a driver, which starts executors. */
export async function etlByPlatform(kubectl: Kubectl): Promise<EtlRun> {
  const name = `bench-${randomSuffix()}`;
  const application = {
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: { name, namespace: namespace() },
    spec: await specOf(kubectl),
  };
  await kubectl(["create", "--filename=-"], JSON.stringify(application));
  try {
    const deadline = Date.now() + LIMIT_SECONDS * 1000;
    while (Date.now() < deadline) {
      const state = await kubectl([
        "get",
        "sparkapplication",
        name,
        "-n",
        namespace(),
        "-o",
        "jsonpath={.status.applicationState.state}",
      ]);
      if (state === "COMPLETED")
        return doneIn(await kubectl(["logs", `${name}-driver`, "-n", namespace(), "--tail=-1"]));
      if (/FAILED/.test(state))
        throw new Error(`The job ${name} ended as ${state}: kubectl logs ${name}-driver -n ${namespace()}`);
      await delay(POLL_MILLISECONDS);
    }
    throw new Error(`The job ${name} did not end within ${LIMIT_SECONDS} s.`);
  } finally {
    await kubectl(["delete", "sparkapplication", name, "-n", namespace()]);
  }
}

/** The same job by `spark-submit` alone: one process with the executor's cores and the memory of driver and executor. */
export async function etlBySubmit(kubectl: Kubectl): Promise<EtlRun> {
  const job = submitJob(await specOf(kubectl), `bench-submit-${randomSuffix()}`);
  return runJob(
    kubectl,
    job,
    () => undefined,
    async () => doneIn(await logOf(kubectl, job)),
  );
}

async function specOf(kubectl: Kubectl): Promise<Spec> {
  const text = await kubectl(["get", "scheduledsparkapplication", JOB, "-n", namespace(), "-o", "json"]);
  return JSON.parse(text).spec.template;
}

/** A Job whose pod has all that a driver of the operator has, but starts no executors. */
export function submitJob({ image, mainApplicationFile, sparkConf, driver, executor, ...spec }: Spec, name: string) {
  const elsewhere = /^spark\.(kubernetes|driver\.port|driver\.blockManager|blockManager|authenticate|network\.crypto)/;
  const conf = Object.entries(sparkConf)
    .filter(([key]) => !elsewhere.test(key))
    .flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
  const memory = Number.parseInt(driver.memory, 10) + Number.parseInt(executor.memory, 10);
  const submit = ["spark-submit", "--master", `local[${executor.cores}]`, "--driver-memory", `${memory}m`, ...conf];
  const program = [mainApplicationFile.replace(/^local:\/\//, ""), ...spec.arguments];
  const { template } = driver;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: namespace(), labels: driver.labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: LIMIT_SECONDS,
      ttlSecondsAfterFinished: LIMIT_SECONDS,
      template: {
        metadata: { labels: driver.labels },
        spec: {
          ...template.spec,
          automountServiceAccountToken: false,
          restartPolicy: "Never",
          containers: template.spec.containers.map((container) => ({
            ...container,
            image,
            args: [...submit, ...program],
          })),
        },
      },
    },
  };
}

/** What a run says in its log. Throws where it brought nothing. */
export function doneIn(log: string): EtlRun {
  const line = log.split("\n").find((each) => each.startsWith("{") && /"event": ?"done"/.test(each));
  if (line === undefined) throw new Error(`The job brought nothing: ${log.trim().split("\n").at(-1)}`);
  return JSON.parse(line);
}

/** The middle one of an odd number of measurements. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
