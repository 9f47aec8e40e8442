import * as pulumi from "@pulumi/pulumi";
import { program } from "../../stacks/main";
import { type Registration, record } from "../support/recorder";
import { sdkConfig } from "../support/stack-config";

/** What scripts/operators would leave, cut down to one object of each kind that the component needs. */
const OPERATOR = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "cnpg-system" } },
  {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "clusters.postgresql.cnpg.io" },
    spec: {},
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "cnpg-validating-webhook-configuration" },
    webhooks: [],
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "cnpg-controller-manager", namespace: "cnpg-system" },
    spec: {
      template: {
        spec: {
          containers: [
            { name: "manager", image: "upstream", env: [{ name: "OPERATOR_IMAGE_NAME", value: "upstream" }] },
          ],
        },
      },
    },
  },
];

const definitionOf = (name: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name },
  spec: {},
});

/** The custom resources that components look for, without what they hold. */
const DEFINITIONS: Readonly<Record<string, readonly string[]>> = {
  "gateway-api": ["gatewayclasses", "gateways", "httproutes", "referencegrants", "backendtlspolicies"].map(
    (kind) => `${kind}.gateway.networking.k8s.io`,
  ),
  "envoy-gateway": ["envoyproxies", "backends", "clienttrafficpolicies", "securitypolicies", "httproutefilters"].map(
    (kind) => `${kind}.gateway.envoyproxy.io`,
  ),
  keda: [
    ...["scaledobjects", "scaledjobs", "triggerauthentications", "clustertriggerauthentications"].map(
      (kind) => `${kind}.keda.sh`,
    ),
    ...["cloudeventsources", "clustercloudeventsources"].map((kind) => `${kind}.eventing.keda.sh`),
  ],
  "spark-operator": ["sparkapplications", "scheduledsparkapplications", "sparkconnects"].map(
    (kind) => `${kind}.sparkoperator.k8s.io`,
  ),
};

/** Everything that a committed stack registers, with changed settings where given; `build` is the program. */
export async function recordStack(
  stack: string,
  changes: Readonly<Record<string, unknown>> = {},
  build = program,
): Promise<Registration[]> {
  return record(stack, () => {
    pulumi.runtime.setAllConfig(sdkConfig(stack, changes));
    return build({
      root: "/repository",
      images: (name) => `localhost/platform/${name}:test`,
      operators: (name) => DEFINITIONS[name]?.map(definitionOf) ?? OPERATOR,
      whenReady: async () => {},
    });
  });
}
