import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import { type Manifest, ManifestObject } from "./manifest-object";
import type { Problems } from "./problems";

/** A rendered manifest defines these custom resources, named as `gateways.gateway.networking.k8s.io`. */
export function checkDefinitions(
  problems: Problems,
  field: string,
  manifest: readonly Manifest[],
  needed: readonly string[],
): void {
  const missing = needed.filter((name) => !manifest.some(({ metadata }) => metadata.name === name));
  if (missing.length > 0)
    problems.add(field, `does not define ${missing.join(", ")}. Give all that scripts/operators wrote.`);
}

/** The definitions of custom resources in a manifest, with the stack's labels. */
export function registerDefinitions(
  name: string,
  manifest: readonly Manifest[],
  labels: Labels,
  opts: pulumi.CustomResourceOptions,
): ManifestObject[] {
  return manifest.map((object) => {
    const own = object.metadata["labels"] as Labels | undefined;
    const labelled = { ...object, metadata: { ...object.metadata, labels: { ...own, ...labels } } };
    return new ManifestObject(`${name}-${object.kind}-${object.metadata.name}`.toLowerCase(), labelled, opts);
  });
}
