import type { Environment } from "../../../environment";
import type { Row } from "./table";

/** Begin of the names of a workload's rows in the table. */
const ROWS: Readonly<Record<string, string>> = {
  postgres: "postgres",
  kafka: "kafka",
  valkey: "valkey",
  "object-store": "object store",
  mongodb: "mongodb",
  gateway: "gateway",
  "envoy-gateway": "envoy gateway",
  keycloak: "keycloak",
  "airflow-api-server": "airflow",
  "airflow-worker": "airflow, logs of running tasks",
  "airflow-flower": "flower",
  "spark-history": "spark, by the gateway's login",
  "spark-sql": "spark SQL",
  "keda-operator": "KEDA, what the operator knows",
  "keda-metrics-apiserver": "KEDA, metrics for autoscalers",
};

/** Workloads that have ports and no rows, each with the reason. */
const WITHOUT_ROWS: Readonly<Record<string, string>> = {
  "cloudnative-pg": "its webhook answers the API server alone, and knows nothing that others may not",
  "airflow-scheduler": "tells its health alone",
  "airflow-triggerer": "checks tokens by the same code as the worker",
  "airflow-metrics": "takes and tells numbers without a login, from whom policies let there",
  "spark-job": "driver and executors know each other by a secret of their namespace, and are there while a job runs",
  grafana: "is declared, but not built",
};

/** Workloads with ports that nobody has thought of: neither rows nor a reason to have none. */
export function unseen({ workloads }: Pick<Environment, "workloads">, rows: readonly Row[]): string[] {
  return Object.entries(workloads)
    .filter(([name, { ports }]) => {
      const begin = ROWS[name];
      const seen = begin !== undefined && rows.some(({ service }) => service.startsWith(begin));
      return Object.keys(ports).length > 0 && !seen && WITHOUT_ROWS[name] === undefined;
    })
    .map(([name]) => name);
}
