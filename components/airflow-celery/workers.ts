import { resourceRequirements } from "../workload";
import type { WorkerQueue } from "./airflow-celery";
import type { Part } from "./part";
import { type Known, PORTS, settingsOf } from "./settings";
import { plain } from "./variables";

/** Seconds that a worker's running tasks get to end when it goes. What takes longer is run again by its retries. */
const GRACE_SECONDS = 600;

/** Seconds that a busy worker takes at most to be replaced by a new one; its set replaces one after the other. */
export const WORKER_SECONDS = GRACE_SECONDS + 120;

const HEARTBEAT = "/tmp/worker-heartbeat";

/** The file that platform_airflow.heartbeat touches every 2 s is younger than so many minutes. */
const fresh = (minutes: number) => ({
  exec: { command: ["sh", "-c", `test -n "$(find ${HEARTBEAT} -mmin -${minutes})"`] },
  timeoutSeconds: 5,
});

/**
 * The workers of one queue. Told to go, a worker takes no more tasks and ends those that run. It has neither the metadata database nor
 * the key that tokens are signed with: each task comes with a token of its own.
 */
export function worker(known: Known, queue: string, { concurrency, resources, account }: WorkerQueue): Part {
  return {
    workload: "airflow-worker",
    instance: `airflow-worker-${queue}`,
    settings: settingsOf(known, {
      knows: ["results", "sessions", "dags", "logs", "connections", "metrics"],
      broker: known.secrets.broker.worker,
      store: known.secrets.store.worker,
    }),
    // Workers need not know of each other: mingle and gossip are messages that nobody reads.
    args: ["airflow", "celery", "worker", "--queues", queue, "--concurrency", String(concurrency), ...QUIET],
    env: plain({
      // The signal reaches the worker alone, not the tasks below it: https://github.com/Yelp/dumb-init#session-behavior
      DUMB_INIT_SETSID: "0",
      WORKER_HEARTBEAT: HEARTBEAT,
      AIRFLOW__CELERY__EXTRA_CELERY_CONFIG: JSON.stringify({ imports: ["platform_airflow.heartbeat"] }),
    }),
    container: {
      resources: resourceRequirements(resources),
      ports: [{ name: "logs", containerPort: PORTS.workerLogs }],
      startupProbe: { ...fresh(1), periodSeconds: 5, failureThreshold: 120 },
      readinessProbe: { ...fresh(1), periodSeconds: 20 },
      // A broker that is away for a while must not cost running tasks.
      livenessProbe: { ...fresh(5), periodSeconds: 60, failureThreshold: 3 },
    },
    pod: {
      terminationGracePeriodSeconds: GRACE_SECONDS,
      ...(account === undefined ? {} : { serviceAccountName: account, automountServiceAccountToken: true }),
    },
  };
}

const QUIET = ["--without-mingle", "--without-gossip"];
