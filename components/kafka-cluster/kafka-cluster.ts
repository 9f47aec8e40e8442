import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type CredentialsTarget, credentialSecrets, secretData } from "../credentials";
import type { WithDefaults } from "../defaults";
import { type Labels, objectLabels } from "../labels";
import { makePasswords } from "../passwords";
import { refuse } from "../problems";
import type { Storage } from "../storage";
import { issueAuthority } from "../tls";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import { type Access, withPassword } from "./access";
import { checkKafka } from "./check";
import type { TokenRules } from "./server-properties";
import { buildStatefulSetEngine } from "./statefulset-engine";
import { buildStrimziEngine } from "./strimzi-engine";
import type { Topic } from "./topics";

/** Our own KRaft StatefulSet: every node is broker and controller. */
export interface StatefulSetEngine {
  readonly kind: "statefulset";
  /** Image with `kafka-start`, `kafka_apply.py`, `kafka_keys.py` and `kafka_probe.py`; see images/kafka. */
  readonly image: pulumi.Input<string>;
}

/** The Strimzi operator, which is there already. Its images are upstream's. */
export interface StrimziEngine {
  readonly kind: "strimzi";
  /** Version of Kafka, one that the operator knows. */
  readonly version: string;
  /** Controllers of their own, an odd number; 0: every broker is a controller too. */
  readonly controllers: number;
  /** What the custom resources depend on, such as the operator's gate. @default nothing */
  readonly operator?: pulumi.Resource;
}

/** A user and what it may do. */
export interface KafkaUser extends Access {
  /**
   * Secrets to make for it, with the keys `bootstrap` and `ca.crt`, and, where it logs in by a password, `username` and `password`.
   * @default none
   */
  readonly credentialsIn?: readonly CredentialsTarget[];
}

/** Whose tokens are taken beside passwords (OAUTHBEARER), from service accounts alone. */
export interface TokenIssuer extends TokenRules {
  /** Where the issuer publishes the keys that it signs with, over TLS. Kafka starts and lets others in while nobody answers there. */
  readonly jwksUri: pulumi.Input<string>;
  /** Authority that the certificate there is trusted by, PEM. */
  readonly caCertificate: pulumi.Input<string>;
}

export interface KafkaClusterArgs {
  /** Namespace of the cluster. Changing it replaces the cluster. */
  readonly namespace: pulumi.Input<string>;
  /** What runs the brokers. Plain: it decides which resources exist. Changing its kind replaces the cluster and its data. */
  readonly engine: StatefulSetEngine | StrimziEngine;
  /** Brokers. Plain. With the `statefulset` engine fixed from the first start on, and odd. @default 1 */
  readonly brokers?: number;
  /** Copies of each partition unless the topic says otherwise, 1 to `brokers`. @default 1 */
  readonly replicationFactor?: number;
  /** Copies that must have a message before it counts as written, unless the topic says otherwise. @default 1 */
  readonly minInsyncReplicas?: number;
  /** Volume of each broker. */
  readonly storage: Storage;
  /** Of each broker; the heap is half of the memory. @default 500m cores, 1Gi */
  readonly resources?: Resources;
  /** Topics by name. Plain. @default none */
  readonly topics?: Readonly<Record<string, Topic>>;
  /** Users by name. Plain. @default none */
  readonly users?: Readonly<Record<string, KafkaUser>>;
  /** Plain: it decides which resources exist. @default none: every user logs in by a password */
  readonly tokens?: TokenIssuer;
  /** Refuse to destroy what holds data. @default false */
  readonly protect?: boolean;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = {
  brokers: 1,
  replicationFactor: 1,
  minInsyncReplicas: 1,
  resources: { cpu: "500m", memory: "1Gi" },
  topics: {},
  users: {},
  protect: false,
  labels: {},
};

export type KafkaSpec = WithDefaults<KafkaClusterArgs, typeof DEFAULTS>;

/**
 * A Kafka cluster in KRaft mode with its topics, users and their rights. Clients use TLS, and SCRAM-SHA-512 or, where there is an
 * issuer, OAUTHBEARER on the same port; whoever has no rule is refused everything. The engines differ in what runs the brokers,
 * not in what clients see.
 */
export class KafkaCluster extends pulumi.ComponentResource {
  /** `host:port` for clients inside the Kubernetes cluster. */
  readonly bootstrapServers: pulumi.Output<string>;
  /** Certificate of the authority that signed the brokers', PEM. */
  readonly caCertificate: pulumi.Output<string>;
  /** What clients depend on: brokers, topics, users and rights are there. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: KafkaClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.kafkaCluster, name, {}, opts);
    const spec: KafkaSpec = { ...DEFAULTS, ...args };
    refuse(checkKafka(name, spec), this);

    const labels = objectLabels(spec.labels, { name: "kafka", instance: name }, "broker");
    const namespace = pulumi.output(spec.namespace);
    const authority = issueAuthority(name, `${name} Kafka CA`, this);
    const passwords = makePasswords(name, withPassword(spec.users), "password", { parent: this });
    const passwordSecret = new k8s.core.v1.Secret(
      `${name}-passwords`,
      { metadata: { name: `${name}-passwords`, namespace, labels }, data: secretData(passwords) },
      { parent: this },
    );
    const shared = { namespace, authority, passwords, passwordSecret, labels };
    const built =
      spec.engine.kind === "statefulset"
        ? buildStatefulSetEngine(name, { ...spec, engine: spec.engine }, shared, this)
        : buildStrimziEngine(name, { ...spec, engine: spec.engine }, shared, this);

    this.bootstrapServers = built.bootstrapServers;
    this.caCertificate = authority.certificate;
    this.ready = built.ready;
    for (const [user, { credentialsIn = [] }] of Object.entries(spec.users)) {
      const password = passwords[user];
      const content = {
        bootstrap: this.bootstrapServers,
        ...(password === undefined ? {} : { username: user, password }),
        "ca.crt": this.caCertificate,
      };
      credentialSecrets(`${name}-${user}`, credentialsIn, content, labels, { parent: this });
    }
    this.registerOutputs({ bootstrapServers: this.bootstrapServers, caCertificate: this.caCertificate });
  }
}
