import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { bytes } from "../../environment/quantities";
import { type Labels, selectorLabels } from "../labels";
import { type SetupSpec, setupJob } from "../setup-job";
import { secretVolume } from "../stateful-set";
import {
  javaOptions,
  type Resources,
  resourceRequirements,
  restrictedContainer,
  restrictedPod,
  spread,
} from "../workload";
import { PORTS } from "./endpoints";
import { BOOTSTRAP_CLIENT } from "./realm";

/** uid and gid of the image's user. */
const USER = 1000;
const TLS = "/etc/keycloak-tls";
const DATABASE_CA = "/etc/keycloak-database";
const WISH = "/etc/keycloak-setup";
const CA = "/etc/keycloak-ca";
const SECRETS = "/etc/keycloak-secrets";
/** Key of the Secret that holds the bootstrap account's own. */
export const BOOTSTRAP_KEY = "secret";
/** Seconds for open requests to end, and for sessions to move to other servers. */
const SHUTDOWN_SECONDS = 60;

export interface ServersSpec {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly labels: Labels;
  readonly replicas: number;
  readonly resources: Resources;
  readonly publicUrl: string;
  readonly proxyHeaders: boolean;
  /** Secret with `host`, `port`, `database`, `username`, `password`, `ca.crt`. */
  readonly databaseSecret: string;
  /** Connections of each server. */
  readonly poolSize: number;
  readonly tlsSecret: pulumi.Input<string>;
  readonly bootstrapSecret: pulumi.Input<string>;
  /** Hash of what the pods read; they are replaced one by one when it changes. */
  readonly checksum: pulumi.Input<string>;
}

/** The servers. All that they keep is in the database: what they write is gone with the pod. */
export function statefulSetArgs(name: string, spec: ServersSpec) {
  const { namespace, labels, replicas } = spec;
  const selector = selectorLabels({ name: "keycloak", instance: name });
  return {
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      serviceName: name,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels, annotations: { "platform.data/checksum": spec.checksum } },
        spec: {
          ...restrictedPod(USER),
          ...spread(replicas, selector),
          terminationGracePeriodSeconds: SHUTDOWN_SECONDS,
          containers: [serverContainer(spec)],
          volumes: [
            secretVolume("tls", spec.tlsSecret),
            {
              name: "database",
              secret: {
                secretName: spec.databaseSecret,
                items: [{ key: "ca.crt", path: "ca.crt" }],
                defaultMode: 0o440,
              },
            },
            // Trust stores that it writes at its start, and caches of themes.
            { name: "data", emptyDir: {} },
            { name: "tmp", emptyDir: {} },
          ],
        },
      },
    },
  } satisfies k8s.apps.v1.StatefulSetArgs;
}

function serverContainer(spec: ServersSpec): k8s.types.input.core.v1.Container {
  // The port for health and metrics has the certificate of the other one, and no Service.
  const health = (path: string) => ({ httpGet: { path: `/health/${path}`, port: "management", scheme: "HTTPS" } });
  return {
    ...restrictedContainer(),
    name: "keycloak",
    image: spec.image,
    args: ["start", "--optimized"],
    env: serverVariables(spec),
    ports: Object.entries(PORTS).map(([name, containerPort]) => ({ name, containerPort })),
    // The first start makes the tables; a server that is killed in the middle of it would leave them locked.
    startupProbe: { ...health("started"), periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 300 },
    readinessProbe: { ...health("ready"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...health("live"), periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
    resources: resourceRequirements(spec.resources),
    volumeMounts: [
      { name: "tls", mountPath: TLS, readOnly: true },
      { name: "database", mountPath: DATABASE_CA, readOnly: true },
      { name: "data", mountPath: "/opt/keycloak/data" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

/** https://www.keycloak.org/server/all-config */
function serverVariables(spec: ServersSpec): k8s.types.input.core.v1.EnvVar[] {
  const plain = {
    KC_HOSTNAME: spec.publicUrl,
    // What servers ask of it is answered with the address by which they ask; browsers and the issuer have the public one.
    KC_HOSTNAME_BACKCHANNEL_DYNAMIC: "true",
    ...(spec.proxyHeaders ? { KC_PROXY_HEADERS: "xforwarded" } : {}),
    KC_HTTPS_CERTIFICATE_FILE: `${TLS}/tls.crt`,
    KC_HTTPS_CERTIFICATE_KEY_FILE: `${TLS}/tls.key`,
    KC_DB_URL_PROPERTIES: `?sslmode=verify-full&sslrootcert=${DATABASE_CA}/ca.crt`,
    KC_DB_POOL_MAX_SIZE: `${spec.poolSize}`,
    KC_BOOTSTRAP_ADMIN_CLIENT_ID: BOOTSTRAP_CLIENT,
    JAVA_OPTS_KC_HEAP: heap(spec.resources.memory),
    JAVA_OPTS_APPEND: javaOptions(spec.resources).join(" "),
  };
  const database = {
    KC_DB_URL_HOST: "host",
    KC_DB_URL_PORT: "port",
    KC_DB_URL_DATABASE: "database",
    KC_DB_USERNAME: "username",
    KC_DB_PASSWORD: "password",
  };
  const fromSecret = (name: string, secret: pulumi.Input<string>, key: string) => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key } },
  });
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...Object.entries(database).map(([name, key]) => fromSecret(name, spec.databaseSecret, key)),
    fromSecret("KC_BOOTSTRAP_ADMIN_CLIENT_SECRET", spec.bootstrapSecret, BOOTSTRAP_KEY),
  ];
}

/** At most half of the memory: classes, threads and compiled code take about 300 MiB beside it. */
function heap(memory: string): string {
  return `-Xms64m -Xmx${Math.floor(bytes(memory) / 2 / 2 ** 20)}m`;
}

export interface RealmSetupSpec extends SetupSpec {
  readonly internalUrl: pulumi.Input<string>;
  readonly configMap: pulumi.Input<string>;
  readonly tlsSecret: pulumi.Input<string>;
  readonly clientSecrets: pulumi.Input<string>;
  readonly peopleSecret: pulumi.Input<string>;
  readonly bootstrapSecret: pulumi.Input<string>;
}

/** The Job that makes the realm what it should be. */
export function setupJobArgs(spec: RealmSetupSpec) {
  return setupJob(spec, {
    user: USER,
    container: {
      command: ["realm_apply.py"],
      args: [`${WISH}/wish.json`],
      env: [
        { name: "KEYCLOAK_URL", value: spec.internalUrl },
        { name: "KEYCLOAK_CA", value: `${CA}/ca.crt` },
        { name: "KEYCLOAK_SECRETS", value: SECRETS },
      ],
    },
    memory: "64Mi",
    files: {
      [WISH]: { name: "wish", configMap: { name: spec.configMap } },
      [CA]: {
        name: "ca",
        secret: { secretName: spec.tlsSecret, items: [{ key: "ca.crt", path: "ca.crt" }], defaultMode: 0o440 },
      },
      [`${SECRETS}/clients`]: secretVolume("clients", spec.clientSecrets),
      [`${SECRETS}/people`]: secretVolume("people", spec.peopleSecret),
      [`${SECRETS}/bootstrap`]: secretVolume("bootstrap", spec.bootstrapSecret),
    },
  });
}
