import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../labels";
import { type Manifest, ManifestObject } from "../manifest-object";
import { openHash } from "../names";
import { Problems, refuse } from "../problems";
import type { PythonImage } from "../python-image";
import { TYPES } from "../types";
import { buildGate } from "./gate";
import { checkManifest, prepareManifest } from "./manifest";

export interface CloudNativePgArgs {
  /** Objects of the release manifest `releases/cnpg-VERSION.yaml`. Plain: they decide which resources exist. */
  readonly manifest: readonly Manifest[];
  /** Image of the operator, with the manager as `/manager`. */
  readonly image: pulumi.Input<string>;
  /** Image that the gate runs in. */
  readonly gate: PythonImage;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

/**
 * The CloudNativePG operator from its release manifest, object by object, and a gate that opens when it can be used: its Deployment
 * is ready and its webhook has accepted a dry run of a minimal Cluster. Custom resources depend on `ready`.
 */
export class CloudNativePg extends pulumi.ComponentResource {
  /** The gate. Pass it as `operator` to what uses the operator's custom resources. */
  readonly ready: k8s.batch.v1.Job;
  /** Namespace of the operator, from the manifest. */
  readonly namespace: string;
  /** The operator's objects, in the order of the manifest. */
  readonly objects: readonly ManifestObject[];

  constructor(name: string, args: CloudNativePgArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.cloudNativePg, name, {}, opts);
    const problems = new Problems(`CloudNativePg "${name}"`);
    problems.name("name", name);
    checkManifest(problems, args.manifest);
    refuse(problems.found, this);

    const labels = args.labels ?? {};
    const manifest = prepareManifest(args.manifest, { image: args.image, labels });
    this.objects = this.#register(name, manifest);
    this.namespace = manifest.find(({ kind }) => kind === "Namespace")?.metadata.name ?? "";
    this.ready = buildGate(
      name,
      {
        ...args.gate,
        namespace: this.namespace,
        labels,
        // An upgraded operator passes the gate again.
        version: openHash([args.image, JSON.stringify(args.manifest)], 12),
      },
      { parent: this, dependsOn: [...this.objects] },
    );
    this.registerOutputs({ namespace: this.namespace });
  }

  /** The namespace first, the Deployment last: the operator exits where a CRD or webhook of its own is missing. */
  #register(name: string, manifest: readonly Manifest[]): ManifestObject[] {
    const made = new Map<Manifest, ManifestObject>();
    const rank = ({ kind }: Manifest) => (kind === "Namespace" ? 0 : kind === "Deployment" ? 2 : 1);
    for (const object of [...manifest].sort((a, b) => rank(a) - rank(b))) {
      const dependsOn = [...made].filter(([other]) => rank(other) < rank(object)).map(([, resource]) => resource);
      const suffix = `${object.kind}-${object.metadata.name}`.toLowerCase();
      made.set(object, new ManifestObject(`${name}-${suffix}`, object, { parent: this, dependsOn }));
    }
    return manifest.flatMap((object) => made.get(object) ?? []);
  }
}
