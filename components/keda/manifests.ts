import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Labels, selectorLabels } from "../labels";
import { secretVolume } from "../stateful-set";
import { type Resources, resourceRequirements, restrictedContainer, restrictedPod } from "../workload";

/** KEDA's own names, which its programs look for, and the workloads of the environment. */
export const OPERATOR = "keda-operator";
export const ADAPTER = "keda-metrics-apiserver";

/** uid and gid in both images. */
const USER = 65532;

const CERTIFICATES = "/certs";
const AUTHORITIES = "/etc/authorities";

/** gRPC between the two, the adapter's HTTPS for the API server, and probes. */
const PORTS = { metrics: 9666, https: 6443, health: 8081 } as const;

export interface ServerSpec {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Labels;
  readonly image: pulumi.Input<string>;
  readonly resources: Resources;
  /** Secret with `ca.crt`, `tls.crt` and `tls.key`. */
  readonly tlsSecret: pulumi.Input<string>;
  /** Hash of what the pod reads; it is replaced when that changes. */
  readonly checksum: pulumi.Input<string>;
  /** Namespaces where something is scaled. */
  readonly watched: pulumi.Input<string>;
}

const identityOf = (name: string) => ({ name, instance: name });

/** Asks triggers and makes the HorizontalPodAutoscalers. https://keda.sh/docs/2.20/operate/cluster/ */
export function operatorDeployment(spec: ServerSpec, authorities: pulumi.Input<string>) {
  const probe = (path: string) => ({ httpGet: { path, port: PORTS.health } });
  return deployment(OPERATOR, spec, {
    container: {
      command: ["/keda"],
      args: ["--zap-log-level=error", "--zap-encoder=console", `--cert-dir=${CERTIFICATES}`],
      // Go reads authorities from this folder; there are no others in the image.
      env: [...environment(spec), { name: "SSL_CERT_DIR", value: AUTHORITIES }],
      ports: [{ name: "metrics", containerPort: PORTS.metrics }],
      startupProbe: { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 120 },
      livenessProbe: { ...probe("/healthz"), periodSeconds: 20, timeoutSeconds: 5 },
      readinessProbe: { ...probe("/readyz"), periodSeconds: 5, timeoutSeconds: 5 },
      volumeMounts: [{ name: "authorities", mountPath: AUTHORITIES, readOnly: true }],
    },
    volumes: [{ name: "authorities", configMap: { name: authorities } }],
  });
}

/** Answers the API server for `external.metrics.k8s.io` with what the operator knows. */
export function adapterDeployment(spec: ServerSpec) {
  const probe = (path: string) => ({ httpGet: { path, port: "https", scheme: "HTTPS" } });
  const file = (name: string) => `${CERTIFICATES}/${name}`;
  return deployment(ADAPTER, spec, {
    container: {
      command: ["/keda-adapter"],
      args: [
        `--secure-port=${PORTS.https}`,
        "--zap-log-level=error",
        `--client-ca-file=${file("ca.crt")}`,
        `--tls-cert-file=${file("tls.crt")}`,
        `--tls-private-key-file=${file("tls.key")}`,
        `--cert-dir=${CERTIFICATES}`,
      ],
      env: environment(spec),
      ports: [{ name: "https", containerPort: PORTS.https }],
      startupProbe: { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 120 },
      livenessProbe: { ...probe("/healthz"), periodSeconds: 20, timeoutSeconds: 5 },
      readinessProbe: { ...probe("/readyz"), periodSeconds: 5, timeoutSeconds: 5 },
    },
  });
}

type Container = Omit<k8s.types.input.core.v1.Container, "name" | "volumeMounts"> & {
  readonly volumeMounts?: k8s.types.input.core.v1.VolumeMount[];
};

interface Parts {
  readonly container: Container;
  readonly volumes?: k8s.types.input.core.v1.Volume[];
}

function deployment(name: string, spec: ServerSpec, { container, volumes = [] }: Parts) {
  const { namespace, labels, checksum } = spec;
  return {
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      // No two at a time, and no election: who loses that under load starts anew.
      strategy: { type: "Recreate" },
      selector: { matchLabels: selectorLabels(identityOf(name)) },
      template: {
        metadata: { labels, annotations: { "platform.data/checksum": checksum } },
        spec: {
          ...restrictedPod(USER),
          automountServiceAccountToken: true,
          serviceAccountName: name,
          containers: [
            {
              ...restrictedContainer(),
              name,
              image: spec.image,
              resources: resourceRequirements(spec.resources),
              ...container,
              volumeMounts: [
                { name: "certificates", mountPath: CERTIFICATES, readOnly: true },
                { name: "scratch", mountPath: "/tmp" },
                ...(container.volumeMounts ?? []),
              ],
            },
          ],
          volumes: [secretVolume("certificates", spec.tlsSecret), { name: "scratch", emptyDir: {} }, ...volumes],
        },
      },
    },
  } satisfies k8s.apps.v1.DeploymentArgs;
}

/** Both read Secrets in their own namespace alone. */
function environment({ watched }: ServerSpec) {
  return [
    { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
    { name: "WATCH_NAMESPACE", value: watched },
    { name: "KEDA_RESTRICT_SECRET_ACCESS", value: "true" },
  ];
}

/** A Service of one of the two under its own name. */
export function serverService(
  name: typeof OPERATOR | typeof ADAPTER,
  { namespace, labels }: Pick<ServerSpec, "namespace" | "labels">,
) {
  const ports =
    name === OPERATOR
      ? [{ name: "metrics", port: PORTS.metrics, targetPort: "metrics" }]
      : [{ name: "https", port: 443, targetPort: "https" }];
  return {
    metadata: { name, namespace, labels },
    spec: { selector: selectorLabels(identityOf(name)), ports },
  } satisfies k8s.core.v1.ServiceArgs;
}

const READ = ["get", "list", "watch"];
const CHANGE = [...READ, "patch", "update"];
const KINDS = ["scaledobjects", "scaledjobs", "triggerauthentications"];
const CLUSTER_KINDS = ["clustertriggerauthentications"];
const withStatus = (kinds: readonly string[]) =>
  kinds.flatMap((kind) => [kind, `${kind}/status`, `${kind}/finalizers`]);

/** What scaling takes in a namespace where something is scaled: config/rbac/role.yaml without what is for other triggers. */
export const SCALING_RULES = [
  { apiGroups: ["keda.sh"], resources: withStatus(KINDS), verbs: CHANGE },
  { apiGroups: ["eventing.keda.sh"], resources: withStatus(["cloudeventsources"]), verbs: CHANGE },
  { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: READ },
  { apiGroups: ["apps"], resources: ["deployments/scale", "statefulsets/scale"], verbs: CHANGE },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: [...CHANGE, "create", "delete"] },
  { apiGroups: ["batch"], resources: ["jobs"], verbs: READ },
];

/** What it takes in its own namespace. */
export const OWN_RULES = [{ apiGroups: [""], resources: ["secrets"], verbs: READ }];

/** What it takes in the whole cluster: kinds that belong to no namespace, and events about them. */
export const CLUSTER_RULES = [
  { apiGroups: ["keda.sh"], resources: withStatus(CLUSTER_KINDS), verbs: CHANGE },
  { apiGroups: ["eventing.keda.sh"], resources: withStatus(["clustercloudeventsources"]), verbs: CHANGE },
  { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
];

/** What the adapter looks up. */
export const ADAPTER_RULES = [{ apiGroups: ["keda.sh"], resources: ["scaledobjects"], verbs: READ }];
