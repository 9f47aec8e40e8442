import type { DefinitionInput } from "./schema/definition";

/** Namespace of what holds data. */
const data = "platform-data";
/** Namespace of the pipelines' jobs. */
const pipelines = "platform-pipelines";

/** Namespace of the one way in. */
const gateway = "platform-gateway";
/** Namespace of Spark's servers. Jobs have another: whoever starts pods may read every Secret beside them. */
const spark = "platform-spark";
/** Namespace of what scales others. */
const scaling = "platform-scaling";

/** Everything that runs as pods. Ports are the documented defaults of each program, but for Kafka's listeners. */
export const workloads: DefinitionInput["workloads"] = {
  postgres: {
    namespace: data,
    service: "postgres",
    ports: { postgres: 5432, status: 8000 },
    // CloudNativePG gives its pods a label of its own.
    labels: { "cnpg.io/cluster": "postgres" },
  },
  "postgres-access": { namespace: data, service: "postgres" },
  "postgres-backup": { namespace: data, service: "postgres" },
  "postgres-restore": { namespace: data, service: "postgres" },
  "cloudnative-pg": { namespace: "cnpg-system", service: "postgres", ports: { webhook: 9443 } },
  "cloudnative-pg-gate": { namespace: "cnpg-system", service: "postgres" },
  kafka: { namespace: data, service: "kafka", ports: { clients: 9093, controllers: 9094, brokers: 9095 } },
  "kafka-setup": { namespace: data, service: "kafka" },
  valkey: { namespace: data, service: "valkey", ports: { valkey: 6379 } },
  "object-store": { namespace: data, service: "objectStore", ports: { s3: 8333 } },
  "object-store-setup": { namespace: data, service: "objectStore" },
  mongodb: { namespace: data, service: "mongodb", ports: { mongodb: 27017 } },
  "mongodb-setup": { namespace: data, service: "mongodb" },

  "flights-producer": { namespace: pipelines, service: "pipelines" },
  "flights-loader": { namespace: pipelines, service: "pipelines" },
  "flights-counter": { namespace: pipelines, service: "pipelines" },

  gateway: {
    namespace: gateway,
    service: "gateway",
    ports: { https: 8443, http: 8080 },
    // Envoy Gateway gives the proxies of a gateway a label of its own.
    labels: { "gateway.envoyproxy.io/owning-gateway-name": "gateway" },
  },
  "envoy-gateway": { namespace: gateway, service: "gateway", ports: { xds: 18000 } },
  keycloak: {
    namespace: "platform-login",
    service: "keycloak",
    ports: { https: 8443, cluster: 7800, failures: 57800, management: 9000 },
  },
  "keycloak-setup": { namespace: "platform-login", service: "keycloak" },

  "airflow-migrate": { namespace: "platform-airflow", service: "airflow" },
  "airflow-api-server": { namespace: "platform-airflow", service: "airflow", ports: { http: 8080 } },
  "airflow-scheduler": { namespace: "platform-airflow", service: "airflow", ports: { health: 8974 } },
  "airflow-dag-processor": { namespace: "platform-airflow", service: "airflow" },
  "airflow-triggerer": { namespace: "platform-airflow", service: "airflow", ports: { logs: 8794 } },
  "airflow-flower": { namespace: "platform-airflow", service: "airflow", ports: { http: 5555 } },
  "airflow-worker": { namespace: "platform-airflow", service: "airflow", ports: { logs: 8793 } },
  "airflow-metrics": {
    namespace: "platform-airflow",
    service: "airflow",
    ports: { statsd: 9125, http: 9102 },
    udp: ["statsd"],
  },
  "airflow-setup": { namespace: "platform-airflow", service: "airflow" },
  "airflow-clean": { namespace: "platform-airflow", service: "airflow" },
  "dags-push": { namespace: "platform-airflow", service: "airflow" },

  "spark-operator": { namespace: spark, service: "spark" },
  "spark-job": { namespace: "platform-spark-jobs", service: "spark", ports: { driver: 7078, blocks: 7079 } },
  "spark-history": { namespace: spark, service: "spark", ports: { http: 18080 } },
  "spark-sql": { namespace: spark, service: "spark", ports: { sql: 10_000 } },

  "keda-operator": { namespace: scaling, service: "keda", ports: { metrics: 9666 } },
  "keda-metrics-apiserver": { namespace: scaling, service: "keda", ports: { https: 6443 } },
  "keda-gate": { namespace: scaling, service: "keda" },

  grafana: { namespace: "platform-monitoring", service: "monitoring", ports: { http: 3000 } },
};
