import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Labels, objectLabels, selectorLabels } from "../labels";
import { resourceRequirements, restrictedContainer, restrictedPod } from "../workload";

/** Name of what takes the metrics, and of its workload in the environment. */
export const METRICS = "airflow-metrics";

/** StatsD's datagrams, and the page that Prometheus fetches. */
export const METRICS_PORTS = { statsd: 9125, http: 9102 } as const;

/** uid of upstream's image is another one; any will do. */
const USER = 65_532;

const IDENTITY = { name: METRICS, instance: METRICS };

interface MetricsSpec {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly labels: Labels;
}

const metadataOf = ({ namespace, labels }: Pick<MetricsSpec, "namespace" | "labels">) => ({
  name: METRICS,
  namespace,
  labels: objectLabels(labels, IDENTITY, "airflow"),
});

/** Takes what all parts tell by StatsD, and keeps it for Prometheus: https://github.com/prometheus/statsd_exporter */
export function metricsDeployment(spec: MetricsSpec) {
  const probe = (path: string) => ({ httpGet: { path, port: METRICS_PORTS.http } });
  const metadata = metadataOf(spec);
  return {
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorLabels(IDENTITY) },
      template: {
        metadata: { labels: metadata.labels },
        spec: {
          ...restrictedPod(USER),
          containers: [
            {
              ...restrictedContainer(),
              name: "exporter",
              image: spec.image,
              // Connections by TCP are not asked for.
              args: ["--statsd.listen-tcp="],
              ports: [
                { name: "statsd", containerPort: METRICS_PORTS.statsd, protocol: "UDP" },
                { name: "http", containerPort: METRICS_PORTS.http },
              ],
              resources: resourceRequirements({ cpu: "10m", memory: "64Mi" }),
              readinessProbe: { ...probe("/-/ready"), periodSeconds: 5 },
              livenessProbe: { ...probe("/-/healthy"), periodSeconds: 20, timeoutSeconds: 5 },
            },
          ],
        },
      },
    },
  } satisfies k8s.apps.v1.DeploymentArgs;
}

export function metricsService(spec: Pick<MetricsSpec, "namespace" | "labels">) {
  return {
    metadata: metadataOf(spec),
    spec: {
      selector: selectorLabels(IDENTITY),
      ports: [
        { name: "statsd", port: METRICS_PORTS.statsd, targetPort: "statsd", protocol: "UDP" },
        { name: "http", port: METRICS_PORTS.http, targetPort: "http" },
      ],
    },
  } satisfies k8s.core.v1.ServiceArgs;
}
