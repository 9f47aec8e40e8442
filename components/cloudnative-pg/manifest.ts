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

/**
 * The release manifest with our image in place of upstream's, the stack's labels on every object, and the `restricted` Pod
 * Security Standard on the operator's namespace. The operator starts each PostgreSQL pod with an init container of its own image,
 * which it reads from `OPERATOR_IMAGE_NAME`, so that is replaced too.
 */
export function prepareManifest(
  manifest: readonly Manifest[],
  { image, labels }: { readonly image: pulumi.Input<string>; readonly labels: Labels },
): Manifest[] {
  return manifest.map((object) => {
    const labelled = withLabels(object, labels);
    if (object.kind === "Namespace")
      return withLabels(labelled, { "pod-security.kubernetes.io/enforce": "restricted" });
    if (object.kind === "Deployment") return withImage(labelled, image);
    return labelled;
  });
}

function withLabels(object: Manifest, labels: Labels): Manifest {
  return { ...object, metadata: { ...object.metadata, labels: { ...(object.metadata["labels"] as Tree), ...labels } } };
}

function withImage(deployment: Manifest, image: pulumi.Input<string>): Manifest {
  const spec = deployment["spec"] as Tree;
  const template = spec["template"] as Tree;
  const pod = template["spec"] as Tree;
  const containers = (pod["containers"] as Tree[]).map((container) => ({
    ...container,
    image,
    imagePullPolicy: "IfNotPresent",
    env: (container["env"] as Tree[]).map((entry) =>
      entry["name"] === "OPERATOR_IMAGE_NAME" ? { name: entry["name"], value: image } : entry,
    ),
  }));
  return { ...deployment, spec: { ...spec, template: { ...template, spec: { ...pod, containers } } } };
}
