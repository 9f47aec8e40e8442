import { realm } from "./definition-of-realm";
import { workloads } from "./definition-of-workloads";
import type { DefinitionInput } from "./schema/definition";

/** Size of a small server that mostly waits. */
const SMALL = { cpu: "100m", memory: "512Mi" };
/** Size of a Java or Python server. */
const MEDIUM = { cpu: "500m", memory: "2Gi" };
/** Size of something that holds data in memory. */
const LARGE = { cpu: "1", memory: "4Gi" };

/**
 * What the platform has, in sizes for production. A target's differences stand in `Pulumi.<stack>.yaml`.
 * What each field means: `environment/schema/`.
 */
export const definition: DefinitionInput = {
  services: {
    postgres: true,
    kafka: true,
    valkey: true,
    objectStore: true,
    pipelines: true,
    keycloak: true,
    gateway: true,
    keda: true,
    mongodb: true,
    airflow: true,
    spark: true,
    // Declared, so that what it shares with the others is already named, but not built yet.
    monitoring: false,
  },

  workloads,

  flows: [
    { from: "cloudnative-pg", to: "postgres", port: "status", why: "the operator asks each server how it is" },
    { from: "cloudnative-pg", to: "kubernetes-api", port: "https", why: "the operator watches and writes its objects" },
    { from: "kubernetes-api", to: "cloudnative-pg", port: "webhook", why: "admission of PostgreSQL clusters" },
    {
      from: "cloudnative-pg-gate",
      to: "kubernetes-api",
      port: "https",
      why: "a dry run shows that the operator answers",
    },
    {
      from: "postgres",
      to: "kubernetes-api",
      port: "https",
      why: "each server's manager reports and elects through it",
    },
    { from: "kafka", to: "dns", port: "dns", why: "brokers and controllers know each other by name" },
    { from: "kafka-setup", to: "kafka", port: "brokers", why: "makes topics, users and their rights" },
    { from: "mongodb-setup", to: "mongodb", port: "mongodb", why: "makes users" },
    { from: "object-store-setup", to: "object-store", port: "s3", why: "makes buckets" },
    { from: "keycloak-setup", to: "keycloak", port: "https", why: "applies the realm" },
    { from: "outside", to: "gateway", port: "https", why: "people and programs outside of the cluster" },
    { from: "outside", to: "gateway", port: "http", why: "is answered with the address under https" },
    { from: "gateway", to: "envoy-gateway", port: "xds", why: "proxies are told their routes" },
    {
      from: "envoy-gateway",
      to: "kubernetes-api",
      port: "https",
      why: "the controller watches and writes its objects",
    },
    { from: "keda-operator", to: "kubernetes-api", port: "https", why: "watches what is scaled and scales it" },
    { from: "keda-metrics-apiserver", to: "kubernetes-api", port: "https", why: "asks who calls and what they may" },
    { from: "keda-metrics-apiserver", to: "keda-operator", port: "metrics", why: "fetches what the triggers answered" },
    { from: "kubernetes-api", to: "keda-metrics-apiserver", port: "https", why: "serves the metrics to autoscalers" },
    { from: "keda-gate", to: "kubernetes-api", port: "https", why: "a dry run shows that KEDA answers" },
    { from: "airflow-worker", to: "airflow-api-server", port: "http", why: "the interface for tasks" },
    { from: "airflow-api-server", to: "airflow-worker", port: "logs", why: "logs of tasks that still run" },
    { from: "airflow-api-server", to: "airflow-triggerer", port: "logs", why: "logs of tasks that still wait" },
    { from: "airflow-worker", to: "kubernetes-api", port: "https", why: "submits Spark jobs" },
    ...["api-server", "scheduler", "dag-processor", "triggerer", "worker"].map((part) => ({
      from: `airflow-${part}`,
      to: "airflow-metrics",
      port: "statsd",
      why: "tells what it does",
    })),
    { from: "spark-operator", to: "kubernetes-api", port: "https", why: "watches jobs and submits them" },
    { from: "spark-job", to: "kubernetes-api", port: "https", why: "a driver starts its executors" },
    { from: "spark-job", to: "spark-job", port: "driver", why: "executors report to their driver" },
    { from: "spark-job", to: "spark-job", port: "blocks", why: "driver and executors exchange data" },
  ],

  hosts: {
    airflow: { label: "airflow", workload: "airflow-api-server", port: "http" },
    flower: {
      label: "flower",
      workload: "airflow-flower",
      port: "http",
      login: { client: "gateway", roles: ["operator"] },
    },
    login: { label: "login", workload: "keycloak", port: "https" },
    s3: { label: "s3", workload: "object-store", port: "s3" },
    spark: {
      label: "spark",
      workload: "spark-history",
      port: "http",
      login: { client: "gateway", roles: ["viewer", "operator"] },
    },
    grafana: { label: "grafana", workload: "grafana", port: "http" },
  },

  doors: {
    postgres: {
      label: "postgres",
      workload: "postgres",
      port: "postgres",
      labels: { "cnpg.io/instanceRole": "primary" },
      nodePort: 30_432,
    },
    sql: { label: "sql", workload: "spark-sql", port: "sql", nodePort: 30_100 },
  },

  postgres: {
    instances: 3,
    storage: "100Gi",
    maxConnections: 330,
    resources: LARGE,
    databases: {
      warehouse: {
        owner: "warehouse",
        extensions: ["pg_trgm"],
        applications: ["flights-loader", "flights-counter", "spark-job", "airflow-worker", "airflow-triggerer"],
        connectionLimit: 60,
        readers: {
          bi: { connectionLimit: 20, reads: { schemas: ["etl", "elt"], statementTimeout: "1m" } },
          bi_newark: {
            connectionLimit: 5,
            reads: {
              schemas: ["etl"],
              statementTimeout: "1m",
              rows: { "etl.fact_flight": "origin = 'EWR'" },
            },
          },
        },
      },
      airflow: {
        owner: "airflow",
        applications: [
          "airflow-migrate",
          "airflow-api-server",
          "airflow-scheduler",
          "airflow-dag-processor",
          "airflow-triggerer",
          "airflow-setup",
          "airflow-clean",
        ],
        connectionLimit: 90,
        readers: { airflow_scaling: { applications: ["keda-operator"], connectionLimit: 5 } },
      },
      // Of its own, since workers write there, who have no business in the other.
      airflow_results: {
        owner: "airflow_results",
        applications: ["airflow-scheduler", "airflow-worker", "airflow-clean"],
        connectionLimit: 30,
      },
      keycloak: { owner: "keycloak", applications: ["keycloak"], connectionLimit: 60 },
      // Where the document store is FerretDB, its documents are here; elsewhere it stays empty.
      documents: { owner: "documents", applications: ["mongodb"], connectionLimit: 30 },
    },
  },

  kafka: {
    engine: "strimzi",
    brokers: 3,
    controllers: 3,
    replicationFactor: 3,
    minInsyncReplicas: 2,
    segment: "1d",
    storage: "200Gi",
    resources: LARGE,
    topics: {
      flights: {
        owner: "flights-producer",
        partitions: 6,
        retention: "forever",
        key: ["time_hour", "carrier", "flight"],
      },
      "flights-dead-letter": { owner: "flights-loader", partitions: 1, retention: "forever" },
    },
    users: {
      "flights-producer": { application: "flights-producer", produce: ["flights"], why: "streams the flights in" },
      "flights-loader": {
        application: "flights-loader",
        produce: ["flights-dead-letter"],
        consume: ["flights"],
        groupPrefix: "flights-loader",
        why: "writes the flights to the warehouse and sets bad records aside",
      },
      "flights-counter": {
        application: "flights-counter",
        consume: ["flights", "flights-dead-letter"],
        groupPrefix: "flights-counter",
        why: "reads back what arrived and counts it",
      },
      spark: {
        application: "spark-job",
        consume: ["flights"],
        groupPrefix: "spark",
        why: "brings the flights into the warehouse and the lake",
      },
      "spark-job": {
        application: "spark-job",
        login: { client: "spark-job" },
        consume: ["flights"],
        groupPrefix: "by-token",
        why: "reads by the realm's tokens, as any program of the realm may",
      },
    },
  },

  valkey: {
    replicas: 2,
    maxMemory: "1Gi",
    storage: "10Gi",
    resources: MEDIUM,
    applications: ["airflow-scheduler", "airflow-worker", "airflow-flower"],
  },

  objectStore: {
    storage: "500Gi",
    resources: MEDIUM,
    buckets: {
      "airflow-logs": {
        applications: { "airflow-worker": "write", "airflow-triggerer": "write", "airflow-api-server": "read" },
        expiry: "90d",
      },
      dags: {
        applications: {
          "airflow-dag-processor": "read",
          "airflow-worker": "read",
          "airflow-triggerer": "read",
          "dags-push": "write",
        },
        versioning: true,
      },
      "spark-events": { applications: { "spark-job": "write", "spark-history": "read" }, expiry: "30d" },
      lake: {
        applications: {
          "spark-job": "write",
          "spark-sql": "read",
          "airflow-worker": "write",
          "airflow-triggerer": "read",
        },
      },
      backups: { applications: { "postgres-backup": "write", "postgres-restore": "read" } },
    },
  },

  mongodb: {
    members: 3,
    storage: "100Gi",
    resources: LARGE,
    databases: { flights: { applications: ["spark-job"] } },
  },

  pipelines: { resources: SMALL },

  realm,

  keycloak: { replicas: 2, resources: MEDIUM },
  gateway: { replicas: 2, resources: SMALL },

  airflow: {
    apiServer: { replicas: 2, resources: MEDIUM },
    scheduler: { replicas: 2, resources: MEDIUM },
    dagProcessor: { replicas: 1, resources: MEDIUM },
    triggerer: { replicas: 2, resources: SMALL },
    queues: {
      default: { concurrency: 8, minWorkers: 2, maxWorkers: 6, resources: LARGE },
      spark: { concurrency: 16, minWorkers: 1, maxWorkers: 2, resources: MEDIUM },
    },
    pools: { warehouse: { slots: 8, why: "writes to the warehouse must not starve its readers" } },
    connections: {
      warehouse: { type: "postgres", to: "warehouse" },
      lake: { type: "s3", to: "lake" },
    },
    variables: {},
    dagBundles: { platform: { bucket: "dags", prefix: "platform", refresh: "20s" } },
    logBucket: "airflow-logs",
    history: "180d",
  },

  spark: {
    driver: MEDIUM,
    executors: { min: 1, max: 4, resources: LARGE },
    historyServer: { replicas: 1, resources: SMALL },
    eventBucket: "spark-events",
    sqlServer: { resources: LARGE, users: ["bi"] },
    lakeBucket: "lake",
    queue: "spark",
  },

  monitoring: { retention: "15d", storage: "50Gi", resources: MEDIUM },

  backups: { enabled: true, schedule: "0 3 * * *", retention: "30d", bucket: "backups" },
};
