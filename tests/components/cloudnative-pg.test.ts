import assert from "node:assert/strict";
import { CloudNativePg } from "../../components/cloudnative-pg";
import type { Manifest } from "../../components/manifest-object";
import { TYPES } from "../../components/types";
import { assertField, assertNothingLeaks, assertWellFormed, recordComponent, refusals, secretData } from "./recorded";

/** A release manifest in small. */
const MANIFEST: Manifest[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "cnpg-system" } },
  {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "clusters.postgresql.cnpg.io" },
  },
  { apiVersion: "v1", kind: "Service", metadata: { name: "cnpg-webhook-service", namespace: "cnpg-system" } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "cnpg-controller-manager", namespace: "cnpg-system", labels: { own: "label" } },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: "manager",
              image: "upstream:1",
              imagePullPolicy: "Always",
              env: [
                { name: "OPERATOR_IMAGE_NAME", value: "upstream:1" },
                { name: "OPERATOR_NAMESPACE", value: "here" },
              ],
            },
          ],
        },
      },
    },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "cnpg-validating-webhook-configuration" },
    webhooks: [{ name: "vcluster.cnpg.io", clientConfig: { service: { name: "cnpg-webhook-service" } } }],
  },
];
const ARGS = {
  manifest: MANIFEST,
  image: "localhost/platform/cloudnative-pg:1.30.0-0123456789ab",
  gate: { image: "localhost/platform/kafka:4.3.1-0123456789ab", user: 1000 },
  labels: { "platform.data/stack": "test" },
};
const build = (args: Partial<typeof ARGS> = {}) =>
  recordComponent((opts) => new CloudNativePg("cnpg", { ...ARGS, ...args }, opts));

describe("CloudNativePg", () => {
  it("registers each object of the manifest under its own type", async () => {
    const recorded = await build();
    assertWellFormed(recorded, TYPES.cloudNativePg, "cnpg");
    for (const type of [
      "kubernetes:core/v1:Namespace",
      "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
      "kubernetes:apps/v1:Deployment",
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration",
    ])
      assert.equal(recorded.names(type).length, 1, type);
  });

  it("runs our image, also where the operator copies it into the servers' pods", async () => {
    const text = JSON.stringify((await build()).find("kubernetes:apps/v1:Deployment", "-manager").inputs);
    assert.ok(!text.includes("upstream:1"), text);
    assert.equal(text.split(ARGS.image).length - 1, 2);
    assert.ok(text.includes('"imagePullPolicy":"IfNotPresent"'));
  });

  it("labels every object and keeps the labels that it has", async () => {
    const recorded = await build();
    for (const { name, inputs } of recorded.all.filter(({ type }) => type.startsWith("kubernetes:"))) {
      const { labels } = inputs["metadata"] as { labels: Record<string, string> };
      assert.equal(labels["platform.data/stack"], "test", name);
    }
    const { labels } = recorded.find("kubernetes:apps/v1:Deployment", "-manager").inputs["metadata"] as {
      labels: Record<string, string>;
    };
    assert.equal(labels["own"], "label");
  });

  it("starts the operator after all it needs, and the gate after the operator", async () => {
    const recorded = await build();
    const deployment = recorded.find("kubernetes:apps/v1:Deployment", "-manager");
    for (const name of ["customresourcedefinition", "webhook-ca"])
      assert.ok(
        deployment.dependsOn.some((urn) => urn.includes(`::cnpg-${name}`)),
        name,
      );
    // A Service is ready when its pods are: waiting for it would be waiting for itself.
    assert.ok(!deployment.dependsOn.some((urn) => urn.includes("::cnpg-service-")));
    const webhook = recorded.find("kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration", "");
    assert.ok(webhook.dependsOn.some((urn) => urn.endsWith("::cnpg-deployment-cnpg-controller-manager")));
    const gate = recorded.find("kubernetes:batch/v1:Job", "cnpg-gate");
    assert.ok(gate.dependsOn.some((urn) => urn.endsWith("::cnpg-deployment-cnpg-controller-manager")));
    assert.ok(gate.dependsOn.some((urn) => urn.includes("RoleBinding")));
  });

  it("tells the API server whose certificates to trust", async () => {
    const recorded = await build();
    assertNothingLeaks(recorded);
    const { inputs } = recorded.find("kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration", "");
    const [webhook] = inputs["webhooks"] as { clientConfig: { caBundle: string } }[];
    const ca = secretData(recorded.find("kubernetes:core/v1:Secret", "-webhook-ca"));
    assert.equal(Buffer.from(webhook?.clientConfig.caBundle ?? "", "base64").toString(), ca["ca.crt"]);
  });

  it("gives the gate one right in one namespace", async () => {
    const role = (await build()).find("kubernetes:rbac.authorization.k8s.io/v1:Role", "cnpg-gate");
    assert.deepEqual(role.inputs["rules"], [
      { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["create"] },
    ]);
  });

  it("opens the gate anew for another operator", async () => {
    const nameOf = async (image: string) => {
      const { inputs } = (await build({ image })).find("kubernetes:batch/v1:Job", "cnpg-gate");
      return (inputs["metadata"] as { name: string }).name;
    };
    assert.equal(await nameOf("a:1"), await nameOf("a:1"));
    assert.notEqual(await nameOf("a:1"), await nameOf("a:2"));
  });

  it("refuses a manifest that is not a release of the operator", async () => {
    const manifest = MANIFEST.filter(({ kind }) => kind !== "Deployment");
    assertField(await refusals((opts) => new CloudNativePg("cnpg", { ...ARGS, manifest }, opts)), "manifest");
  });
});
