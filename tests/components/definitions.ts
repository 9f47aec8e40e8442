import type { Manifest } from "../../components/manifest-object";

/** Definitions of custom resources in small, by their whole names. */
export const definitionsOf = (group: string, kinds: readonly string[]): Manifest[] =>
  kinds.map((kind) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind}.${group}`, labels: { own: "label" } },
    spec: {},
  }));

export const GATEWAY_API = definitionsOf("gateway.networking.k8s.io", [
  "gatewayclasses",
  "gateways",
  "httproutes",
  "referencegrants",
  "backendtlspolicies",
]);

export const ENVOY_GATEWAY = definitionsOf("gateway.envoyproxy.io", [
  "envoyproxies",
  "backends",
  "clienttrafficpolicies",
  "securitypolicies",
  "httproutefilters",
]);

export const KEDA = [
  ...definitionsOf("keda.sh", [
    "scaledobjects",
    "scaledjobs",
    "triggerauthentications",
    "clustertriggerauthentications",
  ]),
  ...definitionsOf("eventing.keda.sh", ["cloudeventsources", "clustercloudeventsources"]),
];

export const SPARK_OPERATOR = definitionsOf("sparkoperator.k8s.io", [
  "sparkapplications",
  "scheduledsparkapplications",
  "sparkconnects",
]);
