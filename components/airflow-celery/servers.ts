import { type Resources, resourceRequirements } from "../workload";
import type { Replicated } from "./airflow-celery";
import type { Part } from "./part";
import { type Known, PORTS, settingsOf } from "./settings";
import { plain } from "./variables";

/** Seconds after which a part without a heartbeat in the database is held for dead. */
const HEARTBEAT_LIMIT = 60;

/** Python and Airflow take 10 s of CPU to start; where cores are few and all parts start at once, that is minutes. */
const STARTUP = { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 };

const http = (path: string, port: string) => ({ httpGet: { path, port } });

/** Web pages, the interface for people and the one for tasks. */
export function apiServer(known: Known, { resources }: Replicated): Part {
  const behindGateway = known.url !== undefined;
  return {
    workload: "airflow-api-server",
    settings: settingsOf(known, {
      knows: ["database", "tokens", "sessions", "bundles", "logs", "login", "metrics"],
      store: known.secrets.store.apiServer,
    }),
    args: ["airflow", "api-server", "--port", String(PORTS.api), ...(behindGateway ? ["--proxy-headers"] : [])],
    // More servers in place of more processes: https://github.com/apache/airflow/issues/52270
    env: plain({ AIRFLOW__API__WORKERS: "1" }),
    container: {
      resources: resourceRequirements(resources),
      ports: [{ name: "http", containerPort: PORTS.api }],
      startupProbe: { ...http("/api/v2/version", "http"), ...STARTUP },
      // Asks the database.
      readinessProbe: { ...http("/api/v2/monitor/health", "http"), periodSeconds: 15, timeoutSeconds: 10 },
      // Asks nobody: a server whose database is away is not mended by a restart.
      livenessProbe: {
        ...http("/api/v2/version", "http"),
        periodSeconds: 20,
        timeoutSeconds: 10,
        failureThreshold: 5,
      },
    },
  };
}

/** Decides what runs, and hands it to the broker. */
export function scheduler(known: Known, { resources }: Replicated): Part {
  const health = http("/health", "health");
  return {
    workload: "airflow-scheduler",
    settings: settingsOf(known, {
      knows: ["database", "results", "tokens", "bundles", "metrics"],
      broker: known.secrets.broker.scheduler,
    }),
    args: ["airflow", "scheduler"],
    env: plain({ AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK: "True" }),
    container: {
      resources: resourceRequirements(resources),
      ports: [{ name: "health", containerPort: PORTS.health }],
      startupProbe: { ...health, ...STARTUP },
      livenessProbe: { ...health, periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 5 },
    },
  };
}

/** Reads DAGs. */
export function dagProcessor(known: Known, { resources }: Replicated): Part {
  return {
    workload: "airflow-dag-processor",
    settings: settingsOf(known, { knows: ["database", "dags", "metrics"], store: known.secrets.store.dagProcessor }),
    args: ["python", "-m", "platform_airflow.dag_processor"],
    container: { resources: resourceRequirements(resources), ...heartbeatProbes("DagProcessorJob") },
  };
}

/** Waits for what deferred tasks wait for. */
export function triggerer(known: Known, { resources }: Replicated): Part {
  return {
    workload: "airflow-triggerer",
    settings: settingsOf(known, {
      knows: ["database", "sessions", "dags", "logs", "connections", "metrics"],
      store: known.secrets.store.triggerer,
    }),
    args: ["airflow", "triggerer"],
    container: {
      resources: resourceRequirements(resources),
      ports: [{ name: "logs", containerPort: PORTS.triggererLogs }],
      ...heartbeatProbes("TriggererJob"),
    },
  };
}

/** The one user of Flower. */
export const FLOWER_USER = "flower";

/** What Celery's workers do, as pages. Its own user and password stand before them. */
export function flower(known: Known, { resources }: { readonly resources: Resources }): Part {
  const health = http("/healthcheck", "http");
  return {
    workload: "airflow-flower",
    settings: settingsOf(known, { knows: [], broker: known.secrets.broker.flower }),
    args: ["airflow", "celery", "flower", "--port", String(PORTS.flower)],
    env: [
      { name: "FLOWER_PASSWORD", valueFrom: { secretKeyRef: { name: known.keysSecret, key: "flower-password" } } },
      { name: "AIRFLOW__CELERY__FLOWER_BASIC_AUTH", value: `${FLOWER_USER}:$(FLOWER_PASSWORD)` },
    ],
    container: {
      resources: resourceRequirements(resources),
      ports: [{ name: "http", containerPort: PORTS.flower }],
      startupProbe: { ...health, ...STARTUP },
      readinessProbe: { ...health, periodSeconds: 15, timeoutSeconds: 5 },
      livenessProbe: { ...health, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 5 },
    },
  };
}

/** A job in the database that this very pod keeps alive; the probe costs 0.1 s of CPU, Airflow's own command 8 s. */
function heartbeatProbes(job: string) {
  const exec = {
    exec: { command: ["python3", "-m", "platform_airflow.probe", job, String(HEARTBEAT_LIMIT)] },
    timeoutSeconds: 15,
  };
  return {
    startupProbe: { ...exec, periodSeconds: 10, failureThreshold: 60 },
    livenessProbe: { ...exec, periodSeconds: 60, failureThreshold: 5 },
  };
}
