import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Labels, selectorLabels } from "../labels";
import {
  javaOptions,
  type Resources,
  resourceRequirements,
  restrictedContainer,
  restrictedPod,
  spread,
} from "../workload";
import {
  authorities,
  divideMemory,
  eventFolder,
  properties,
  STORE_SETTINGS,
  storeKey,
  storeVariables,
  USER,
} from "./settings";

/** Name of the History Server and of its workload in the environment. */
export const HISTORY = "spark-history";

export const HISTORY_PORT = 18080;

const FOLDER = "/etc/spark";
const FILE = "history.properties";

export interface HistorySpec {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Labels;
  readonly image: pulumi.Input<string>;
  readonly replicas: number;
  readonly resources: Resources;
  /** Secret with the key that may read the bucket. */
  readonly storeSecret: string;
  readonly configMap: pulumi.Input<string>;
  /** Hash of what the pod reads; it is replaced when that changes. */
  readonly checksum: pulumi.Input<string>;
}

/** Settings: https://spark.apache.org/docs/4.0.4/monitoring.html#spark-history-server-configuration-options */
export function historyFiles(eventBucket: string, url: string | undefined): Record<string, string> {
  const settings = {
    ...STORE_SETTINGS,
    "spark.history.fs.logDirectory": eventFolder(eventBucket),
    "spark.history.fs.update.interval": "10s",
    "spark.history.ui.port": String(HISTORY_PORT),
    // What was read is kept on disk, so that memory does not grow with the jobs.
    "spark.history.store.path": "/tmp/history",
    "spark.history.store.maxDiskUsage": "512m",
    // The bucket's own expiry takes old logs away.
    "spark.history.fs.cleaner.enabled": "false",
    ...(url === undefined ? {} : { "spark.ui.proxyRedirectUri": url }),
  };
  return { [FILE]: properties(settings) };
}

/** The page that shows jobs. It has no login of its own: the gateway stands in front of it. */
export function historyDeployment(spec: HistorySpec) {
  const { namespace, labels, replicas, resources } = spec;
  const selector = selectorLabels({ name: HISTORY, instance: HISTORY });
  const trusted = authorities({ "object-store": spec.storeSecret });
  const key = storeKey(spec.storeSecret);
  const probe = { httpGet: { path: "/api/v1/version", port: "http" } };
  return {
    metadata: { name: HISTORY, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels, annotations: { "platform.data/checksum": spec.checksum } },
        spec: {
          ...restrictedPod(USER),
          ...spread(replicas, selector),
          containers: [
            {
              ...restrictedContainer(),
              name: "history",
              image: spec.image,
              args: [
                "spark-class",
                "org.apache.spark.deploy.history.HistoryServer",
                "--properties-file",
                `${FOLDER}/${FILE}`,
              ],
              env: [
                ...storeVariables(spec.storeSecret),
                trusted.env,
                { name: "SPARK_DAEMON_MEMORY", value: `${divideMemory(resources).heap}m` },
                { name: "SPARK_DAEMON_JAVA_OPTS", value: javaOptions(resources).join(" ") },
              ],
              ports: [{ name: "http", containerPort: HISTORY_PORT }],
              resources: resourceRequirements(resources),
              startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 150 },
              livenessProbe: { ...probe, periodSeconds: 20, timeoutSeconds: 5 },
              readinessProbe: { ...probe, periodSeconds: 5, timeoutSeconds: 5 },
              volumeMounts: [
                { name: "scratch", mountPath: "/tmp" },
                { name: "settings", mountPath: FOLDER, readOnly: true },
                trusted.mount,
                key.mount,
              ],
            },
          ],
          volumes: [
            { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
            { name: "settings", configMap: { name: spec.configMap } },
            trusted.volume,
            key.volume,
          ],
        },
      },
    },
  } satisfies k8s.apps.v1.DeploymentArgs;
}
