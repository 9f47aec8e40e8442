import type * as pulumi from "@pulumi/pulumi";
import { bytes } from "../../environment/quantities";
import type { Labels } from "../labels";
import type { Storage } from "../storage";
import { type Resources, resourceRequirements } from "../workload";

const API = "postgresql.cnpg.io/v1";
const MEBIBYTE = 2 ** 20;
const SMART_SHUTDOWN_SECONDS = 10;

export interface ClusterSpec {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly instances: number;
  readonly storage: Storage;
  readonly resources: Resources;
  readonly maxConnections: number;
  readonly readers: Readonly<Record<string, readonly string[]>>;
  readonly labels: Labels;
  /** Name of the Secret with `ca.crt`. */
  readonly caSecret: pulumi.Input<string>;
  /** Name of the Secret with `tls.crt` and `tls.key`. */
  readonly tlsSecret: pulumi.Input<string>;
}

/**
 * Who may log in from where. Nobody as `postgres`, the superuser, nor as `app`, which CloudNativePG insists on making at `initdb`;
 * its own connections come by socket or certificate and meet rules before these. `samerole` lets a
 * role into the databases whose name is that of a role it is a member of, so into its own and no other
 * (https://www.postgresql.org/docs/17/auth-pg-hba-conf.html); readers are let into the one that they are named for. What is left is refused before the operator's own last rule, which
 * would let in connections without TLS.
 */
export const hostRules = (readers: Readonly<Record<string, readonly string[]>>): string[] => [
  "host all app,postgres all reject",
  "hostssl samerole all all scram-sha-256",
  ...Object.entries(readers).flatMap(([database, roles]) =>
    roles.map((role) => `hostssl ${database} ${role} all scram-sha-256`),
  ),
  "host all all all reject",
];

/** Roles and databases that PostgreSQL or the operator make. */
export const RESERVED = ["app", "postgres", "streaming_replica", "template0", "template1"];

/** CloudNativePG's `Cluster`. */
export function clusterManifest(name: string, spec: ClusterSpec) {
  return {
    apiVersion: API,
    kind: "Cluster",
    metadata: {
      name,
      namespace: spec.namespace,
      labels: spec.labels,
      annotations: { "pulumi.com/waitFor": "condition=Ready" },
    },
    spec: {
      instances: spec.instances,
      imageName: spec.image,
      imagePullPolicy: "IfNotPresent",
      enableSuperuserAccess: false,
      enablePDB: spec.instances > 1, // with one instance it would block every drain of its node
      primaryUpdateStrategy: "unsupervised",
      // While it waits for its clients to leave, which pools of connections never do, nobody new is let in.
      smartShutdownTimeout: SMART_SHUTDOWN_SECONDS,
      inheritedMetadata: { labels: spec.labels },
      certificates: { serverCASecret: spec.caSecret, serverTLSSecret: spec.tlsSecret },
      bootstrap: {
        initdb: { dataChecksums: true, encoding: "UTF8", localeProvider: "builtin", builtinLocale: "C.UTF-8" },
      },
      postgresql: {
        parameters: {
          max_connections: String(spec.maxConnections),
          // A quarter of the memory: https://www.postgresql.org/docs/17/runtime-config-resource.html#GUC-SHARED-BUFFERS
          shared_buffers: `${Math.floor(bytes(spec.resources.memory) / 4 / MEBIBYTE)}MB`,
        },
        pg_hba: hostRules(spec.readers),
      },
      storage: {
        size: spec.storage.size,
        ...(spec.storage.storageClass === undefined ? {} : { storageClass: spec.storage.storageClass }),
      },
      resources: resourceRequirements(spec.resources),
    },
  };
}

/** What belongs to a server. */
export interface OwnedSpec {
  readonly namespace: pulumi.Input<string>;
  readonly cluster: pulumi.Input<string>;
  readonly labels: Labels;
}

const APPLIED = { "pulumi.com/waitFor": "jsonpath={.status.applied}=true" };

/**
 * `DatabaseRole` of an application: it may log in, and nothing more. All other attributes are off unless named; to name them as off
 * would be drift, since the operator writes the object back without them. Taken away, the role stays in the database.
 */
export function roleManifest(
  name: string,
  spec: OwnedSpec & {
    readonly role: string;
    readonly passwordSecret: pulumi.Input<string>;
    readonly connectionLimit: number;
  },
) {
  return {
    apiVersion: API,
    kind: "DatabaseRole",
    metadata: { name, namespace: spec.namespace, labels: spec.labels, annotations: APPLIED },
    spec: {
      cluster: { name: spec.cluster },
      name: spec.role,
      login: true,
      connectionLimit: spec.connectionLimit,
      passwordSecret: { name: spec.passwordSecret },
      databaseRoleReclaimPolicy: "retain",
    },
  };
}

/** `Database` of an application, which a role of its name owns, with its extensions. Taken away, the database stays in the cluster. */
export function databaseManifest(
  name: string,
  spec: OwnedSpec & { readonly database: string; readonly extensions: readonly string[] },
) {
  return {
    apiVersion: API,
    kind: "Database",
    metadata: { name, namespace: spec.namespace, labels: spec.labels, annotations: APPLIED },
    spec: {
      cluster: { name: spec.cluster },
      name: spec.database,
      owner: spec.database,
      ensure: "present",
      databaseReclaimPolicy: "retain",
      ...(spec.extensions.length === 0
        ? {}
        : { extensions: spec.extensions.map((extension) => ({ name: extension, ensure: "present" })) }),
    },
  };
}

/** Host names of the operator's Services for a cluster: read and write, read, read only; each as short and as long as clients may say. */
export function serverNames(name: string, namespace: string): string[] {
  return ["rw", "r", "ro"].flatMap((access) => {
    const service = `${name}-${access}`;
    return [
      service,
      `${service}.${namespace}`,
      `${service}.${namespace}.svc`,
      `${service}.${namespace}.svc.cluster.local`,
    ];
  });
}
