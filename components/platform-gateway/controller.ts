import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Labels, selectorLabels } from "../labels";
import { secretVolume } from "../stateful-set";
import { type Resources, resourceRequirements, restrictedContainer, restrictedPod } from "../workload";

/** What Envoy Gateway calls itself, its Service and its Secrets; all are fixed in its code (internal/envoygateway/config/config.go). */
export const CONTROLLER = "envoy-gateway";
export const PROXY_SECRET = "envoy";
export const LOGIN_KEY_SECRET = "envoy-oidc-hmac";
/** Not the default, so that another Envoy Gateway of the cluster leaves ours alone. */
export const CONTROLLER_NAME = "gateway.envoyproxy.io/platform-gateway";

/** uid and gid in both images. */
const USER = 65532;
const CONFIG = `${CONTROLLER}-config`;
/** Where proxies get their configuration, and where metrics and probes are asked. */
const PORTS = { xds: 18000, metrics: 19001, health: 8081 } as const;

const IDENTITY = { name: CONTROLLER, instance: CONTROLLER } as const;

export interface ControllerSpec {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Labels;
  readonly image: pulumi.Input<string>;
  readonly resources: Resources;
  /** Hash of what the pod reads; it is replaced when that changes. */
  readonly checksum: pulumi.Input<string>;
}

/** Names under which proxies reach the controller, which its certificate bears. */
export function controllerNames(namespace: string): string[] {
  const names = [CONTROLLER, `${CONTROLLER}.${namespace}`, `${CONTROLLER}.${namespace}.svc`];
  return [...names, `${CONTROLLER}.${namespace}.svc.cluster.local`];
}

/**
 * The controller's configuration: it sees its own namespace alone, so that it reads no other Secrets, and finds services outside of
 * it by their names, as `Backend`s. https://gateway.envoyproxy.io/docs/api/extension_types/#envoygateway
 */
export function controllerConfig(namespace: string, image: string): object {
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "EnvoyGateway",
    gateway: { controllerName: CONTROLLER_NAME },
    provider: {
      type: "Kubernetes",
      kubernetes: {
        watch: { type: "Namespaces", namespaces: [namespace] },
        shutdownManager: { image },
        proxyTopologyInjector: { disabled: true },
        // There is one, and it ends where a busy API server does not renew its lease in time.
        leaderElection: { disable: true },
      },
    },
    extensionApis: { enableBackend: true },
    logging: { level: { default: "warn" } },
  };
}

const READ = ["get", "list", "watch"];
const WRITE = ["create", "get", "list", "delete", "deletecollection", "patch", "watch"];
const GATEWAY_API = "gateway.networking.k8s.io";
const EXTENSIONS = "gateway.envoyproxy.io";

/** Rights in its own namespace: charts/gateway-helm/templates/_rbac.tpl and leader-election-rbac.yaml, as far as they are used. */
export const NAMESPACE_RULES = [
  { apiGroups: [""], resources: ["configmaps", "secrets", "services"], verbs: READ },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
  { apiGroups: [EXTENSIONS], resources: ["*"], verbs: READ },
  {
    apiGroups: [EXTENSIONS],
    resources: ["envoyproxies", "backends", "clienttrafficpolicies", "securitypolicies", "httproutefilters"].map(
      (kind) => `${kind}/status`,
    ),
    verbs: ["update"],
  },
  { apiGroups: [GATEWAY_API], resources: ["*"], verbs: READ },
  {
    apiGroups: [GATEWAY_API],
    resources: ["gateways", "httproutes", "backendtlspolicies"].map((kind) => `${kind}/status`),
    verbs: ["update"],
  },
  { apiGroups: [""], resources: ["serviceaccounts", "services", "configmaps"], verbs: WRITE },
  { apiGroups: ["apps"], resources: ["deployments", "daemonsets"], verbs: WRITE },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: WRITE },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: WRITE },
  { apiGroups: [""], resources: ["configmaps"], verbs: ["update"] },
  { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
];

/** Rights in the whole cluster, from the same files: none of them reads a Secret. */
export const CLUSTER_RULES = [
  { apiGroups: [""], resources: ["nodes", "namespaces"], verbs: READ },
  { apiGroups: [GATEWAY_API], resources: ["gatewayclasses"], verbs: [...READ, "patch", "update"] },
  { apiGroups: [GATEWAY_API], resources: ["gatewayclasses/status"], verbs: ["update"] },
];

/** Where the proxies find the controller. */
export function controllerService({ namespace, labels }: ControllerSpec) {
  return {
    metadata: { name: CONTROLLER, namespace, labels },
    spec: { selector: selectorLabels(IDENTITY), ports: [{ name: "xds", port: PORTS.xds, targetPort: "xds" }] },
  } satisfies k8s.core.v1.ServiceArgs;
}

/** One controller: proxies go on with what they know while it is away. */
export function controllerDeployment({ namespace, labels, image, resources, checksum }: ControllerSpec) {
  const probe = (path: string) => ({ httpGet: { path, port: PORTS.health } });
  return {
    metadata: { name: CONTROLLER, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorLabels(IDENTITY) },
      template: {
        metadata: { labels, annotations: { "platform.data/checksum": checksum } },
        spec: {
          ...restrictedPod(USER),
          automountServiceAccountToken: true,
          serviceAccountName: CONTROLLER,
          containers: [
            {
              ...restrictedContainer(),
              name: CONTROLLER,
              image,
              args: ["server", "--config-path=/config/envoy-gateway.yaml"],
              env: [
                { name: "ENVOY_GATEWAY_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                { name: "KUBERNETES_CLUSTER_DOMAIN", value: "cluster.local" },
              ],
              ports: [
                { name: "xds", containerPort: PORTS.xds },
                { name: "metrics", containerPort: PORTS.metrics },
              ],
              startupProbe: { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 120 },
              livenessProbe: { ...probe("/healthz"), periodSeconds: 20, timeoutSeconds: 5 },
              readinessProbe: { ...probe("/readyz"), periodSeconds: 5, timeoutSeconds: 5 },
              resources: resourceRequirements(resources),
              volumeMounts: [
                { name: "config", mountPath: "/config", readOnly: true },
                { name: "certificates", mountPath: "/certs", readOnly: true },
                { name: "scratch", mountPath: "/var/lib/eg" },
                { name: "scratch", mountPath: "/tmp" },
              ],
            },
          ],
          volumes: [
            { name: "config", configMap: { name: CONFIG } },
            secretVolume("certificates", CONTROLLER),
            { name: "scratch", emptyDir: {} },
          ],
        },
      },
    },
  } satisfies k8s.apps.v1.DeploymentArgs;
}

/** The ConfigMap that it reads. */
export function controllerConfigMap({ namespace, labels }: ControllerSpec, config: pulumi.Input<string>) {
  return {
    metadata: { name: CONFIG, namespace, labels },
    data: { "envoy-gateway.yaml": config },
  } satisfies k8s.core.v1.ConfigMapArgs;
}
