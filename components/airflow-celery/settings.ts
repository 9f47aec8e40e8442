import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { AirflowConnection, AirflowLogin, AirflowSecrets, DagBundle } from "./airflow-celery";
import { connectionVariables, s3Connection } from "./connections";
import { METRICS, METRICS_PORTS } from "./metrics";
import { type EnvVar, fromSecret, plain, trustFile, trustVolume } from "./variables";

export const HOME = "/opt/airflow";
const LOGIN = "/etc/airflow/login";

/** Ids of the connections that Airflow itself uses; DAGs have no business with them. */
export const OWN_CONNECTIONS = { logs: "airflow_logs", dags: "airflow_dags" } as const;

/** Port of each part that listens. */
export const PORTS = { api: 8080, health: 8974, workerLogs: 8793, triggererLogs: 8794, flower: 5555 } as const;

/**
 * Seconds after which a broker hands a task out again that nobody has acknowledged. Longer than any task may take, else it runs
 * twice; Celery's transport for Redis has 3600.
 */
const VISIBILITY_TIMEOUT = 86_400;

/**
 * Minutes that a login or a token for the interface lasts, whatever somebody does meanwhile: then the realm is asked again, which
 * knows who may still log in and as what. Airflow's own are a month, and longer with a page left open.
 */
const LOGIN_MINUTES = 60;

/** Seconds that a task may wait in a queue and still prove who it is. */
const WORKLOAD_SECONDS = 3600;

/** What a container is told: variables, and files by the folder where they are mounted. */
export interface Settings {
  readonly env: readonly EnvVar[];
  readonly files: readonly { readonly mountPath: string; readonly volume: k8s.types.input.core.v1.Volume }[];
}

/** What is known of one Airflow as a whole. */
export interface Known {
  readonly name: string;
  /** Secret with this component's own keys. */
  readonly keysSecret: pulumi.Input<string>;
  readonly secrets: AirflowSecrets;
  readonly logBucket: string;
  readonly dagBundles: Readonly<Record<string, DagBundle>>;
  readonly connections: Readonly<Record<string, AirflowConnection>>;
  readonly login?: AirflowLogin;
  readonly url?: string;
  /** Address of the interface for tasks, inside the cluster. */
  readonly executionApi: pulumi.Input<string>;
}

/** What a part may know. It is told nothing beyond. */
export type Knowledge =
  /** The metadata database, with the key of what is encrypted there. */
  | "database"
  /** The database of Celery's results. */
  | "results"
  /** The key that tokens are signed with. */
  | "tokens"
  /** The key that sessions and fetches of logs are signed with. */
  | "sessions"
  /** Where the logs of ended tasks are. */
  | "logs"
  /** Names of the bundles of DAGs. */
  | "bundles"
  /** Names of the bundles and the key to their bucket. */
  | "dags"
  /** The connections of DAGs. */
  | "connections"
  /** Who is told what it does. */
  | "metrics"
  /** How people log in. */
  | "login";

export interface Wanted {
  readonly knows: readonly Knowledge[];
  /** Secret of the part's own user of the broker. @default it does not use the broker */
  readonly broker?: string;
  /** Secret of the part's own key to the object store. @default it does not use the object store */
  readonly store?: string;
}

/** The settings of one part. All of them: https://airflow.apache.org/docs/apache-airflow/3.3.2/configurations-ref.html */
export function settingsOf(known: Known, { knows, broker, store }: Wanted): Settings {
  const knowsOf = (knowledge: Knowledge) => knows.includes(knowledge);
  const { secrets, keysSecret, login } = known;
  const withDags = knowsOf("dags");
  const connections = knowsOf("connections") ? Object.entries(known.connections) : [];
  const trusted = [
    ...(knowsOf("database") ? [secrets.database] : []),
    ...(knowsOf("results") ? [secrets.results] : []),
    ...(broker === undefined ? [] : [broker]),
    ...(store === undefined ? [] : [store]),
    ...connections.flatMap(([, connection]) => (connection.type === "s3" ? [] : [connection.secret])),
  ];
  return {
    env: [
      ...common(known),
      ...(knowsOf("database") ? databaseVariables(secrets.database, keysSecret) : []),
      ...(knowsOf("results") ? resultVariables(secrets.results) : []),
      ...(broker === undefined ? [] : brokerVariables(broker)),
      ...(knowsOf("tokens") ? fromSecret(keysSecret, { AIRFLOW__API_AUTH__JWT_SECRET: "jwt-secret" }) : []),
      ...(knowsOf("sessions") ? fromSecret(keysSecret, { AIRFLOW__API__SECRET_KEY: "api-secret" }) : []),
      ...(knowsOf("bundles") || withDags ? bundleVariables(known.dagBundles) : []),
      ...(store === undefined ? [] : storeVariables(store)),
      ...(knowsOf("logs") ? logVariables(known.logBucket) : []),
      ...(knowsOf("logs") && store !== undefined ? s3Connection(OWN_CONNECTIONS.logs, store) : []),
      ...(withDags && store !== undefined ? s3Connection(OWN_CONNECTIONS.dags, store) : []),
      ...connections.flatMap(([id, connection]) => connectionVariables(id, connection, store)),
      ...(knowsOf("metrics") ? METRICS_VARIABLES : []),
      ...(knowsOf("login") ? loginVariables(known) : []),
    ],
    files: [
      ...(trusted.length === 0 ? [] : [trustVolume(trusted)]),
      ...(knowsOf("login") && login !== undefined
        ? [{ mountPath: LOGIN, volume: { name: "login", secret: { secretName: login.secret, defaultMode: 0o440 } } }]
        : []),
    ],
  };
}

function common({ name, executionApi, login }: Known): EnvVar[] {
  return plain({
    AIRFLOW__CORE__EXECUTOR: "CeleryExecutor",
    AIRFLOW__CORE__AUTH_MANAGER:
      login === undefined
        ? "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
        : "platform_airflow.manager.OidcAuthManager", // the same, with a logout from the realm
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: "False", // who pushes a DAG wants it to run
    AIRFLOW__CORE__HOSTNAME_CALLABLE: "socket.getfqdn", // what probe.py asks for, too
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: executionApi,
    AIRFLOW__API_AUTH__JWT_ISSUER: `airflow:${name}`,
    AIRFLOW__API_AUTH__JWT_AUDIENCE: `airflow:${name}`,
    AIRFLOW__API_AUTH__JWT_EXPIRATION_TIME: String(LOGIN_MINUTES * 60),
    AIRFLOW__EXECUTION_API__JWT_EXPIRATION_TIME: String(WORKLOAD_SECONDS),
    AIRFLOW__FAB__COOKIE_SECURE: "True",
    AIRFLOW__FAB__SESSION_MAX_LIFETIME_MINUTES: String(LOGIN_MINUTES),
    // Else each start of the api-server gives the roles back what people took from them; see platform_airflow/roles.py.
    AIRFLOW__FAB__UPDATE_FAB_PERMS: "False",
    AIRFLOW__FAB__CONFIG_FILE: "/opt/platform/platform_airflow/webserver_config.py",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: "False",
    AIRFLOW__OPERATORS__DEFAULT_QUEUE: "default",
  });
}

/** A login and the address of a database, in parts that later variables are put together from. */
function databaseParts(prefix: string, secret: string): EnvVar[] {
  return fromSecret(secret, {
    [`${prefix}_HOST`]: "host",
    [`${prefix}_PORT`]: "port",
    [`${prefix}_NAME`]: "database",
    [`${prefix}_USERNAME`]: "username",
    [`${prefix}_PASSWORD`]: "password",
  });
}

/** The URL after its scheme. Kubernetes fills in what `$(NAME)` stands for; passwords are letters and digits. */
function databaseAddress(prefix: string, secret: string): string {
  const part = (name: string) => `$(${prefix}_${name})`;
  const tls = `sslmode=verify-full&sslrootcert=${trustFile(secret)}`;
  return `://${part("USERNAME")}:${part("PASSWORD")}@${part("HOST")}:${part("PORT")}/${part("NAME")}?${tls}`;
}

function databaseVariables(secret: string, keysSecret: pulumi.Input<string>): EnvVar[] {
  const address = databaseAddress("DATABASE", secret);
  return [
    ...databaseParts("DATABASE", secret),
    ...plain({
      AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: `postgresql+psycopg2${address}`,
      // Not asyncpg, Airflow's own: it does not take libpq's words for TLS.
      AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC: `postgresql+psycopg_async${address}`,
    }),
    ...fromSecret(keysSecret, { AIRFLOW__CORE__FERNET_KEY: "fernet-key" }),
  ];
}

function resultVariables(secret: string): EnvVar[] {
  return [
    ...databaseParts("RESULTS", secret),
    ...plain({ AIRFLOW__CELERY__RESULT_BACKEND: `db+postgresql+psycopg2${databaseAddress("RESULTS", secret)}` }),
  ];
}

function brokerVariables(secret: string): EnvVar[] {
  return [
    ...fromSecret(secret, { AIRFLOW__CELERY__BROKER_URL: "url" }),
    ...plain({
      AIRFLOW__CELERY__SSL_ACTIVE: "True", // CERT_REQUIRED
      AIRFLOW__CELERY__SSL_MUTUAL_TLS: "False",
      AIRFLOW__CELERY__SSL_CACERT: trustFile(secret),
      AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT: String(VISIBILITY_TIMEOUT),
      AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER: "1",
      AIRFLOW__CELERY__TASK_ACKS_LATE: "True",
    }),
  ];
}

function bundleVariables(bundles: Readonly<Record<string, DagBundle>>): EnvVar[] {
  const list = Object.entries(bundles).map(([name, { bucket, prefix, refreshSeconds }]) => ({
    name,
    classpath: "platform_airflow.bundle.ReleasedBundle",
    kwargs: {
      aws_conn_id: OWN_CONNECTIONS.dags,
      bucket_name: bucket,
      prefix,
      refresh_interval: refreshSeconds,
    },
  }));
  return plain({
    AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST: JSON.stringify(list),
    AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH: `${HOME}/bundles`,
  });
}

/** What the scripts of the image that speak S3 themselves read; connections are put together from it too. */
function storeVariables(secret: string): EnvVar[] {
  return [
    ...fromSecret(secret, {
      S3_ENDPOINT: "endpoint",
      S3_REGION: "region",
      S3_ACCESS_KEY: "accessKey",
      S3_SECRET_KEY: "secretKey",
    }),
    ...plain({ S3_CA: trustFile(secret) }),
  ];
}

function logVariables(bucket: string): EnvVar[] {
  return plain({
    AIRFLOW__LOGGING__REMOTE_LOGGING: "True",
    AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER: `s3://${bucket}`,
    AIRFLOW__LOGGING__REMOTE_LOG_CONN_ID: OWN_CONNECTIONS.logs,
    AIRFLOW__LOGGING__DELETE_LOCAL_LOGS: "True",
  });
}

/** Names as they are since Airflow 3.2, what differs between them in labels, which StatsD itself has not: in InfluxDB's way. */
const METRICS_VARIABLES = plain({
  AIRFLOW__METRICS__STATSD_ON: "True",
  AIRFLOW__METRICS__STATSD_HOST: METRICS,
  AIRFLOW__METRICS__STATSD_PORT: String(METRICS_PORTS.statsd),
  AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED: "True",
  AIRFLOW__METRICS__LEGACY_NAMES_ON: "False",
});

function loginVariables({ login, url }: Known): EnvVar[] {
  return [
    ...(login === undefined ? [] : plain({ PLATFORM_LOGIN: LOGIN })),
    ...(url === undefined
      ? []
      : plain({
          AIRFLOW__API__BASE_URL: url,
          // Only what stands behind a gateway may believe what it says of the caller.
          AIRFLOW__FAB__ENABLE_PROXY_FIX: "True",
          FORWARDED_ALLOW_IPS: "*",
        })),
  ];
}
