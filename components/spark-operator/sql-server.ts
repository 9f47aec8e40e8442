import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Labels, selectorLabels } from "../labels";
import { hash } from "../names";
import { secretVolume } from "../stateful-set";
import { type Resources, resourceRequirements, restrictedContainer, restrictedPod } from "../workload";
import {
  authorities,
  coresOf,
  divideMemory,
  javaSetting,
  properties,
  SECRETS,
  STORE_SETTINGS,
  storeKey,
  storeVariables,
  USER,
} from "./settings";

/** Name of the SQL server and of its workload in the environment. */
export const SQL_SERVER = "spark-sql";

export const SQL_PORT = 10_000;

/** Kept in memory: the keystore and its password, which the server makes at its start. */
const SCRATCH = "/run/spark";
const FILE = "spark-defaults.conf";

/** Seconds after which a query is ended. */
const QUERY_SECONDS = 300;

export interface SqlServerSpec {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Labels;
  readonly image: pulumi.Input<string>;
  readonly resources: Resources;
  /** Secret with the key that may read the lake. */
  readonly storeSecret: string;
  readonly configMap: pulumi.Input<string>;
  /** Secret with `ca.crt`, `tls.crt` and `tls.key`. */
  readonly tlsSecret: pulumi.Input<string>;
  /** Secret with `users`. */
  readonly usersSecret: pulumi.Input<string>;
  readonly checksum: pulumi.Input<string>;
}

/** Who may log in: a line with name and SHA-256 of the password for each. Passwords are long and random, so a hash tells nothing. */
export function usersFile(passwords: Readonly<Record<string, pulumi.Input<string>>>): pulumi.Output<string> {
  return pulumi
    .all(passwords)
    .apply((plain) =>
      properties(Object.fromEntries(Object.entries(plain).map(([user, word]) => [user, hash(word, 64)]))),
    );
}

export function sqlServerFiles(lakeBucket: string, resources: Resources): Record<string, string> {
  const settings = {
    ...STORE_SETTINGS,
    "spark.master": `local[${coresOf(resources) + 1}]`,
    "spark.driver.memory": `${divideMemory(resources).heap}m`,
    ...javaSetting("spark.driver.extraJavaOptions", resources),
    "spark.sql.extensions": "platform.spark.ReadOnly",
    "spark.platform.sql.root": `s3a://${lakeBucket}/tables/`,
    // Off, because it would put in what is in the environment before anybody sees a plan.
    "spark.sql.variable.substitute": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.warehouse.dir": "/tmp/warehouse",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.thriftServer.queryTimeout": `${QUERY_SECONDS}s`,
    "spark.sql.thriftServer.incrementalCollect": "true",
    "spark.scheduler.mode": "FAIR",
    "spark.ui.enabled": "false",
    // It has no executors elsewhere: nobody outside of the pod has business with its driver.
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
  };
  return { [FILE]: properties(settings) };
}

/** Answers JDBC and ODBC over TLS. One process, with its tasks in it: what it reads are tables for BI. */
export function sqlServerDeployment(spec: SqlServerSpec) {
  const { namespace, labels, resources } = spec;
  const trusted = authorities({ "object-store": spec.storeSecret });
  const key = storeKey(spec.storeSecret);
  /** The server touches the file whenever it has compared its catalogue with the lake, every 10 s. */
  const fresh = (minutes: number) => ({
    exec: { command: ["sh", "-c", `test -n "$(find ${SCRATCH}/alive -mmin -${minutes})"`] },
    timeoutSeconds: 5,
  });
  return {
    metadata: { name: SQL_SERVER, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorLabels({ name: SQL_SERVER, instance: SQL_SERVER }) },
      template: {
        metadata: { labels, annotations: { "platform.data/checksum": spec.checksum } },
        spec: {
          ...restrictedPod(USER),
          containers: [
            {
              ...restrictedContainer(),
              name: "sql",
              image: spec.image,
              args: ["python3", "-m", "warehouse", "serve"],
              env: [...storeVariables(spec.storeSecret), trusted.env],
              ports: [{ name: "sql", containerPort: SQL_PORT }],
              resources: resourceRequirements(resources),
              // Once alone: each connection that is no client's costs the log a stack trace.
              startupProbe: { tcpSocket: { port: "sql" }, periodSeconds: 2, failureThreshold: 150 },
              readinessProbe: { ...fresh(1), periodSeconds: 10 },
              livenessProbe: { ...fresh(3), periodSeconds: 30 },
              volumeMounts: [
                { name: "scratch", mountPath: "/tmp" },
                { name: "run", mountPath: SCRATCH },
                { name: "settings", mountPath: `${SCRATCH}/${FILE}`, subPath: FILE, readOnly: true },
                trusted.mount,
                key.mount,
                { name: "tls", mountPath: `${SECRETS}/tls`, readOnly: true },
                { name: "users", mountPath: `${SECRETS}/users`, readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: "scratch", emptyDir: { sizeLimit: "2Gi" } },
            { name: "run", emptyDir: { medium: "Memory", sizeLimit: "8Mi" } },
            { name: "settings", configMap: { name: spec.configMap } },
            trusted.volume,
            key.volume,
            secretVolume("tls", spec.tlsSecret),
            secretVolume("users", spec.usersSecret),
          ],
        },
      },
    },
  } satisfies k8s.apps.v1.DeploymentArgs;
}
