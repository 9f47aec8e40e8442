import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../labels";
import type { Manifest } from "../manifest-object";
import type { Problems } from "../problems";

/** What the operator's release manifest must hold for this component to know how to change it. */
const NEEDED = ["Namespace", "CustomResourceDefinition", "Deployment", "ValidatingWebhookConfiguration"] as const;

type Tree = Record<string, unknown>;

/** The manifest holds what a release of CloudNativePG holds. */
export function checkManifest(problems: Problems, manifest: readonly Manifest[]): void {
  const missing = NEEDED.filter((kind) => !manifest.some((object) => object.kind === kind));
  if (missing.length === 0) return;
  problems.add(
    "manifest",
    `has no ${missing.join(", ")}. Give all objects of releases/cnpg-VERSION.yaml, as scripts/operators writes them.`,
  );
}

export interface Changes {
  readonly image: pulumi.Input<string>;
  readonly labels: Labels;
  /** Authority that signs the webhook's certificate, base64 of PEM. */
  readonly caBundle: pulumi.Input<string>;
}

/**
 * The release manifest with our image in place of upstream's, the stack's labels on every object, the `restricted` Pod Security
 * Standard on the operator's namespace, and the authority of the webhook, which the operator would else write itself.
 */
export function prepareManifest(manifest: readonly Manifest[], { image, labels, caBundle }: Changes): Manifest[] {
  return manifest.map((object) => {
    const labelled = withLabels(object, labels);
    if (object.kind === "Namespace") {
      return withLabels(labelled, { "pod-security.kubernetes.io/enforce": "restricted" });
    }
    if (object.kind === "Deployment") return withImage(labelled, image);
    return isWebhook(object) ? withAuthority(labelled, caBundle) : labelled;
  });
}

/** Whether an object makes the API server ask the operator. */
export function isWebhook({ kind }: Manifest): boolean {
  return kind === "MutatingWebhookConfiguration" || kind === "ValidatingWebhookConfiguration";
}

function withLabels(object: Manifest, labels: Labels): Manifest {
  return { ...object, metadata: { ...object.metadata, labels: { ...(object.metadata["labels"] as Tree), ...labels } } };
}

function withAuthority(configuration: Manifest, caBundle: pulumi.Input<string>): Manifest {
  const webhooks = (configuration["webhooks"] as Tree[]).map((webhook) => ({
    ...webhook,
    clientConfig: { ...(webhook["clientConfig"] as Tree), caBundle },
  }));
  return { ...configuration, webhooks };
}

/**
 * The operator starts each PostgreSQL pod with an init container of its own image, which it reads from `OPERATOR_IMAGE_NAME`.
 * What else it can be told: https://cloudnative-pg.io/documentation/1.30/operator_conf/
 */
function withImage(deployment: Manifest, image: pulumi.Input<string>): Manifest {
  const spec = deployment["spec"] as Tree;
  const template = spec["template"] as Tree;
  const pod = template["spec"] as Tree;
  const containers = (pod["containers"] as Tree[]).map((container) => ({
    ...container,
    image,
    imagePullPolicy: "IfNotPresent",
    env: [
      ...(container["env"] as Tree[]).filter(({ name }) => name !== "OPERATOR_IMAGE_NAME"),
      { name: "OPERATOR_IMAGE_NAME", value: image },
      { name: "MANAGE_WEBHOOK_CONFIGURATIONS", value: "false" },
    ],
  }));
  return { ...deployment, spec: { ...spec, template: { ...template, spec: { ...pod, containers } } } };
}
