import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretData } from "../credentials";
import type { Labels } from "../labels";
import { type Manifest, ManifestObject } from "../manifest-object";
import { openHash } from "../names";
import { buildGate, type Probe } from "../operator-gate";
import { Problems, refuse } from "../problems";
import type { PythonImage } from "../python-image";
import { type Authority, issueAuthority } from "../tls";
import { TYPES } from "../types";
import { checkManifest, isWebhook, prepareManifest } from "./manifest";

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

/** Smallest Cluster that the webhook accepts. */
const PROBE: Probe = {
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  resource: "clusters",
  spec: { instances: 1, storage: { size: "1Gi" } },
};

/**
 * The CloudNativePG operator from its release manifest, object by object, and a gate that opens when it can be used: its Deployment
 * is ready and its webhook has accepted a dry run of a minimal Cluster. Custom resources depend on `ready`.
 */
export class CloudNativePg extends pulumi.ComponentResource {
  /** The gate. Pass it as `operator` to what uses the operator's custom resources. */
  readonly ready: k8s.batch.v1.Job;
  /** Namespace of the operator, from the manifest. */
  readonly namespace: string;
  /** The objects of the manifest. */
  readonly objects: readonly ManifestObject[];

  constructor(name: string, args: CloudNativePgArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.cloudNativePg, name, {}, opts);
    const problems = new Problems(`CloudNativePg "${name}"`);
    problems.name("name", name);
    checkManifest(problems, args.manifest);
    refuse(problems.found, this);

    const labels = args.labels ?? {};
    this.namespace = args.manifest.find(({ kind }) => kind === "Namespace")?.metadata.name ?? "";
    const authority = issueAuthority(`${name}-webhook`, "CloudNativePG webhook CA", this);
    const caBundle = authority.certificate.apply((pem) => Buffer.from(pem).toString("base64"));
    const manifest = prepareManifest(args.manifest, { image: args.image, labels, caBundle });
    this.objects = this.#register(name, manifest, authority, labels);
    this.ready = buildGate(
      name,
      {
        ...args.gate,
        operator: "cloudnative-pg",
        probe: PROBE,
        namespace: this.namespace,
        labels,
        // An upgraded operator passes the gate again.
        version: openHash([args.image, JSON.stringify(args.manifest)], 12),
      },
      { parent: this, dependsOn: [...this.objects] },
    );
    this.registerOutputs({ namespace: this.namespace });
  }

  /**
   * The namespace first, then what the operator needs, then the operator (its Service beside it, which is ready only when the
   * operator is), and its webhooks only when it can answer: an update that is stopped on the way leaves none behind that would
   * refuse every PostgreSQL object, even in a preview.
   */
  #register(name: string, manifest: readonly Manifest[], authority: Authority, labels: Labels): ManifestObject[] {
    const register = (belongs: (object: Manifest) => boolean, dependsOn: readonly pulumi.Resource[]) =>
      manifest.filter(belongs).map((object) => {
        const suffix = `${object.kind}-${object.metadata.name}`.toLowerCase();
        return new ManifestObject(`${name}-${suffix}`, object, { parent: this, dependsOn: [...dependsOn] });
      });
    const isNamespace = ({ kind }: Manifest) => kind === "Namespace";
    const isOperator = ({ kind }: Manifest) => kind === "Deployment";
    const isService = ({ kind }: Manifest) => kind === "Service";
    const isNeeded = (object: Manifest) =>
      ![isNamespace, isOperator, isService, isWebhook].some((belongs) => belongs(object));

    const namespaces = register(isNamespace, []);
    const needed = register(isNeeded, namespaces);
    // Where the operator looks for the authority that is to sign its webhook's certificate.
    const authoritySecret = new k8s.core.v1.Secret(
      `${name}-webhook-ca`,
      {
        metadata: { name: "cnpg-ca-secret", namespace: this.namespace, labels },
        data: secretData({ "ca.crt": authority.certificate, "ca.key": authority.key }),
      },
      { parent: this, dependsOn: namespaces },
    );
    const operator = register(isOperator, [...needed, authoritySecret]);
    const services = register(isService, namespaces);
    const webhooks = register(isWebhook, [...operator, ...services]);
    return [...namespaces, ...needed, ...operator, ...services, ...webhooks];
  }
}
