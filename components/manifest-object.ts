import * as pulumi from "@pulumi/pulumi";

/** One object of a rendered manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** A Kubernetes object registered under the type token of its kind, as the SDK's own class for it would. */
export class ManifestObject extends pulumi.CustomResource {
  constructor(name: string, manifest: Manifest, opts: pulumi.CustomResourceOptions) {
    super(typeToken(manifest), name, { ...manifest }, opts);
  }
}

/** `kubernetes:apps/v1:Deployment`; objects without an API group are in `core`. */
export function typeToken({ apiVersion, kind }: Pick<Manifest, "apiVersion" | "kind">): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}
