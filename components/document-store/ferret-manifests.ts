import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { bytes } from "../../environment/quantities";
import { type Labels, selectorLabels } from "../labels";
import { pythonCommand } from "../python-command";
import type { PythonImage } from "../python-image";
import { type SetupSpec, setupJob } from "../setup-job";
import { secretVolume } from "../stateful-set";
import { type Resources, resourceRequirements, restrictedContainer, restrictedPod } from "../workload";
import { ADMIN, PORT } from "./contract";

/** uid and gid of the process; the image's one file is readable to all. */
const USER = 65532;
const TLS = "/etc/ferretdb-tls";
const POSTGRES_CA = "/etc/postgres-ca";
/** Where the setup Job finds its files. */
const SETUP_FILES = { wish: "/etc/document-store-setup", passwords: "/etc/document-store-passwords" } as const;
/** Where FerretDB answers probes. */
const DEBUG_PORT = 8088;
/** Upstream's readiness probe cannot do TLS and asks here, on the pod's own loopback, with a login as everywhere. */
const LOOPBACK = "127.0.0.1:27018";
/** Connections to PostgreSQL at most; 50 by FerretDB's own default. */
const POSTGRES_CONNECTIONS = 20;
const MEBIBYTE = 2 ** 20;

export interface FerretSpec {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly resources: Resources;
  readonly labels: Labels;
  /** Secret with `ca.crt`, `tls.crt` and `tls.key`. */
  readonly tlsSecret: pulumi.Input<string>;
  /** Secret with the password of `ADMIN` under that name. */
  readonly passwordsSecret: pulumi.Input<string>;
  /** Secret with `host`, `port`, `database`, `username`, `password` and `ca.crt` of the PostgreSQL database. */
  readonly postgresSecret: pulumi.Input<string>;
  /** Hash of what the pod reads. */
  readonly checksum: pulumi.Input<string>;
}

/**
 * One FerretDB process: it keeps in memory which collections there are, so a second one would not see those of the first. The old
 * one goes before the new one comes.
 */
export function deploymentArgs(name: string, spec: FerretSpec) {
  const { namespace, labels, checksum } = spec;
  return {
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: selectorLabels({ name: "mongodb", instance: name }) },
      template: {
        metadata: { labels, annotations: { "platform.data/checksum": checksum } },
        spec: {
          ...restrictedPod(USER),
          containers: [container(spec)],
          volumes: [
            secretVolume("tls", spec.tlsSecret),
            {
              name: "postgres-ca",
              secret: { secretName: spec.postgresSecret, items: [{ key: "ca.crt", path: "ca.crt" }] },
            },
          ],
        },
      },
    },
  } satisfies k8s.apps.v1.DeploymentArgs;
}

function container(spec: FerretSpec): k8s.types.input.core.v1.Container {
  const alive = { httpGet: { path: "/debug/livez", port: "debug" } };
  return {
    ...restrictedContainer(),
    name: "ferretdb",
    image: spec.image,
    env: variables(spec),
    ports: [
      { name: "mongodb", containerPort: PORT },
      { name: "debug", containerPort: DEBUG_PORT },
    ],
    startupProbe: { ...alive, periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...alive, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: {
      httpGet: { path: "/debug/readyz", port: "debug" },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    resources: resourceRequirements(spec.resources),
    volumeMounts: [
      { name: "tls", mountPath: TLS, readOnly: true },
      { name: "postgres-ca", mountPath: POSTGRES_CA, readOnly: true },
    ],
  };
}

/** Settings by https://docs.ferretdb.io/v1.24/configuration/flags/, the way to PostgreSQL by libpq's variables. */
function variables({ postgresSecret, passwordsSecret, resources }: FerretSpec) {
  const plain = {
    FERRETDB_LISTEN_TLS: `:${PORT}`,
    FERRETDB_LISTEN_TLS_CERT_FILE: `${TLS}/tls.crt`,
    FERRETDB_LISTEN_TLS_KEY_FILE: `${TLS}/tls.key`,
    FERRETDB_LISTEN_ADDR: LOOPBACK,
    FERRETDB_DEBUG_ADDR: `:${DEBUG_PORT}`,
    FERRETDB_POSTGRESQL_URL: `postgres:///?pool_max_conns=${POSTGRES_CONNECTIONS}`,
    FERRETDB_SETUP_DATABASE: "admin",
    FERRETDB_SETUP_USERNAME: ADMIN,
    FERRETDB_SETUP_TIMEOUT: "60s",
    FERRETDB_STATE_DIR: "-",
    FERRETDB_TELEMETRY: "disable",
    FERRETDB_LOG_LEVEL: "warn",
    FERRETDB_LOG_FORMAT: "json",
    // SCRAM and users of its own. Without it FerretDB would take PLAIN logins as users of PostgreSQL.
    FERRETDB_TEST_ENABLE_NEW_AUTH: "true",
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: `${POSTGRES_CA}/ca.crt`,
    // Its heap is small: by the default it would be searched for garbage with each few documents, and the limit below holds anyhow.
    GOGC: "400",
    GOMEMLIMIT: `${Math.floor((bytes(resources.memory) / MEBIBYTE) * 0.9)}MiB`,
  };
  const postgres = {
    PGHOST: "host",
    PGPORT: "port",
    PGDATABASE: "database",
    PGUSER: "username",
    PGPASSWORD: "password",
  };
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...Object.entries(postgres).map(([name, key]) => ({
      name,
      valueFrom: { secretKeyRef: { name: postgresSecret, key } },
    })),
    { name: "FERRETDB_SETUP_PASSWORD", valueFrom: { secretKeyRef: { name: passwordsSecret, key: ADMIN } } },
  ];
}

export interface UsersSpec extends SetupSpec, PythonImage {
  /** ConfigMap with `wish.json`. */
  readonly configMap: pulumi.Input<string>;
  /** Secret with `ca.crt`, the password of `ADMIN` and one for each user. */
  readonly passwordsSecret: pulumi.Input<string>;
}

/** The Job that makes the users. */
export function setupJobArgs(spec: UsersSpec) {
  return setupJob(spec, {
    user: spec.user,
    container: {
      command: pythonCommand("document-store/setup_users.py", `${SETUP_FILES.wish}/wish.json`, SETUP_FILES.passwords),
    },
    memory: "128Mi",
    files: {
      [SETUP_FILES.wish]: { name: "wish", configMap: { name: spec.configMap } },
      [SETUP_FILES.passwords]: secretVolume("passwords", spec.passwordsSecret),
    },
  });
}
