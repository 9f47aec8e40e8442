import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type CredentialsTarget, credentialSecrets } from "../credentials";
import type { WithDefaults } from "../defaults";
import { type Labels, objectLabels } from "../labels";
import { makePasswords } from "../passwords";
import { refuse } from "../problems";
import type { PythonImage } from "../python-image";
import type { Storage } from "../storage";
import { issueAuthority } from "../tls";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import { buildSetup, buildStore } from "./build";
import { checkStore } from "./check";
import { ADMIN, type BucketAccess } from "./identities";
import { PORT, REGION } from "./manifests";

/** A bucket. It stays, with what it holds, when it is taken out of a program. */
export interface Bucket {
  /** Keep overwritten and deleted objects as versions. @default false */
  readonly versioning?: boolean;
  /** When objects are deleted: a duration such as `30d`, in whole days rounded up, or `forever`. @default forever */
  readonly expiry?: string;
}

/** An application with a key pair of its own. */
export interface StoreUser {
  /** What it may do in which bucket. */
  readonly access: Readonly<Record<string, BucketAccess>>;
  /** Secrets to make for it, with the keys `endpoint`, `region`, `accessKey`, `secretKey` and `ca.crt`. @default none */
  readonly credentialsIn?: readonly CredentialsTarget[];
}

export interface ObjectStoreArgs {
  /** Namespace of the store. Changing it replaces the store. */
  readonly namespace: pulumi.Input<string>;
  /** Image with `weed` and a shell. */
  readonly image: pulumi.Input<string>;
  /** Image that the setup Job runs in. */
  readonly setup: PythonImage;
  readonly storage: Storage;
  /** @default 100m cores, 512Mi */
  readonly resources?: Resources;
  /** Buckets by name. Plain. @default none */
  readonly buckets?: Readonly<Record<string, Bucket>>;
  /** Applications by name, which is their access key too. Plain. @default none */
  readonly users?: Readonly<Record<string, StoreUser>>;
  /** Refuse to destroy what holds data. @default false */
  readonly protect?: boolean;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = { resources: { cpu: "100m", memory: "512Mi" }, buckets: {}, users: {}, protect: false, labels: {} };

export type ObjectStoreSpec = WithDefaults<ObjectStoreArgs, typeof DEFAULTS>;

/** An S3 store on SeaweedFS, one process with one volume, over TLS. Each application reaches its own buckets and nothing else. */
export class ObjectStore extends pulumi.ComponentResource {
  /** `https://host:port` inside the Kubernetes cluster. */
  readonly endpoint: pulumi.Output<string>;
  readonly region = REGION;
  /** Certificate of the authority that signed the store's, PEM. */
  readonly caCertificate: pulumi.Output<string>;
  /** What applications depend on: the store answers and its buckets are there. */
  readonly ready: k8s.batch.v1.Job;

  constructor(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.objectStore, name, {}, opts);
    const spec: ObjectStoreSpec = { ...DEFAULTS, ...args };
    refuse(checkStore(name, spec), this);

    const labels = objectLabels(spec.labels, { name: "object-store", instance: name }, "store");
    const host = pulumi.interpolate`${name}.${spec.namespace}.svc`;
    const secretKeys = makePasswords(name, [ADMIN, ...Object.keys(spec.users)], "key", { parent: this });
    this.endpoint = pulumi.interpolate`https://${host}:${PORT}`;
    const authority = issueAuthority(name, `${name} object store CA`, this);
    this.caCertificate = authority.certificate;
    const shared = { host, authority, secretKeys, labels };
    const store = buildStore(name, spec, shared, this);
    this.ready = buildSetup(name, spec, shared, store, this);
    for (const [user, { credentialsIn = [] }] of Object.entries(spec.users)) {
      const content = {
        endpoint: this.endpoint,
        region: REGION,
        accessKey: user,
        secretKey: secretKeys[user] ?? "",
        "ca.crt": this.caCertificate,
      };
      credentialSecrets(`${name}-${user}`, credentialsIn, content, labels, { parent: this });
    }
    this.registerOutputs({ endpoint: this.endpoint, region: this.region, caCertificate: this.caCertificate });
  }
}
