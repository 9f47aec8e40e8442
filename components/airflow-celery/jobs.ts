import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { milliseconds } from "../../environment/quantities";
import { resourceRequirements } from "../workload";
import type { DagBundle } from "./airflow-celery";
import { type Part, partLabels, partPod, type Shared } from "./part";
import { type Known, settingsOf } from "./settings";

const DAY = 86_400_000;
/** Measured: 230 MiB while the database is made. */
const RESOURCES = resourceRequirements({ cpu: "100m", memory: "512Mi" });
/** Where the wish of a Job and the release of a push are mounted. */
const FILES = { wish: "/etc/airflow/definition", release: "/release" } as const;

/** Once a week, on Sunday in the night. */
const WEEKLY = "17 4 * * 0";

const module = (name: string, ...args: string[]) => ["python3", "-m", `platform_airflow.${name}`, ...args];

/** Makes and changes the tables of the metadata database, and the roles for people; which permissions there are hangs on the login. */
export function migration(known: Known): Part {
  return {
    workload: "airflow-migrate",
    settings: settingsOf(known, { knows: ["database", "login"] }),
    args: ["sh", "-ec", `airflow db migrate\nexec ${module("roles").join(" ")}`],
    container: { resources: RESOURCES },
    pod: { restartPolicy: "Never" },
  };
}

/** Makes pools and variables as the definition says, which stands in a ConfigMap. */
export function setup(known: Known, configMap: pulumi.Input<string>): Part {
  const { env, files } = settingsOf(known, { knows: ["database"] });
  const definition = { mountPath: FILES.wish, volume: { name: "definition", configMap: { name: configMap } } };
  return {
    workload: "airflow-setup",
    settings: { env, files: [...files, definition] },
    args: module("apply", `${FILES.wish}/wish.json`),
    container: { resources: RESOURCES },
    pod: { restartPolicy: "Never" },
  };
}

/** Forgets runs that are older than the history, and results that Celery's backend keeps. */
export function cleaning(known: Known, history: string): Part {
  const days = Math.ceil(milliseconds(history) / DAY);
  const before = `$(date --utc --date '-${days} days' +%Y-%m-%dT%H:%M:%SZ)`;
  const steps = [
    `airflow db clean --clean-before-timestamp "${before}" --skip-archive --yes`,
    "exec python3 -m platform_airflow.clean",
  ];
  return {
    workload: "airflow-clean",
    settings: settingsOf(known, { knows: ["database", "results"] }),
    args: ["sh", "-ec", steps.join("\n")],
    container: { resources: RESOURCES },
    pod: { restartPolicy: "Never" },
  };
}

/** A Job that runs a part to its end. */
export function jobArgs(shared: Shared, part: Part, name: pulumi.Input<string>) {
  return {
    metadata: { name, namespace: shared.namespace, labels: partLabels(shared.labels, part) },
    spec: { backoffLimit: 4, template: partPod(shared, part) },
  } satisfies k8s.batch.v1.JobArgs;
}

/** The weekly Job. */
export function cronJobArgs(shared: Shared, part: Part): k8s.batch.v1.CronJobArgs {
  const labels = partLabels(shared.labels, part);
  return {
    metadata: { name: part.workload, namespace: shared.namespace, labels },
    spec: {
      schedule: WEEKLY,
      concurrencyPolicy: "Forbid",
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      jobTemplate: { metadata: { labels }, spec: { backoffLimit: 1, template: partPod(shared, part) } },
    },
  };
}

/** What `scripts/dags run` makes Jobs of: the script adds the DAG and the name of the run. */
export function run(known: Known): Part {
  return {
    workload: "airflow-setup",
    settings: settingsOf(known, { knows: ["database"] }),
    args: module("run"),
    container: { resources: RESOURCES },
    pod: { restartPolicy: "Never" },
  };
}

/**
 * What `scripts/dags push` makes Jobs of: one container checks the release without any key, the other uploads it. The script puts the
 * archive and its name into a ConfigMap in place of `release`.
 */
export function push(known: Known, { bucket, prefix }: DagBundle, definition: pulumi.Input<string>): Part {
  const wish = { mountPath: FILES.wish, volume: { name: "definition", configMap: { name: definition } } };
  const release = { mountPath: FILES.release, volume: { name: "release", configMap: { name: "release" } } };
  const keyless = settingsOf(known, { knows: [] });
  const key = settingsOf(known, { knows: [], store: known.secrets.store.push });
  const archive = `${FILES.release}/dags.tar.gz`;
  return {
    workload: "dags-push",
    before: {
      name: "check",
      settings: { env: keyless.env, files: [wish, release] },
      args: module("check", archive, `${FILES.wish}/names.json`),
      // What the check says is for people; Airflow's own lines are not.
      env: [{ name: "AIRFLOW__LOGGING__LOGGING_LEVEL", value: "CRITICAL" }],
    },
    settings: { env: key.env, files: [...key.files, release] },
    args: ["sh", "-ec", `exec ${module("push", archive, bucket, prefix).join(" ")} "$(cat ${FILES.release}/name)"`],
    container: { resources: RESOURCES },
    pod: { restartPolicy: "Never" },
  };
}
