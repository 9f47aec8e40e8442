import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { bytes } from "../../environment/quantities";
import { type CredentialsTarget, credentialSecrets, secretData } from "../credentials";
import { dataOptions } from "../data-options";
import type { WithDefaults } from "../defaults";
import { type Labels, objectLabels, selectorLabels } from "../labels";
import { openHash } from "../names";
import { makePasswords } from "../passwords";
import { refuse } from "../problems";
import { makeService } from "../service";
import type { Storage } from "../storage";
import { certificateFiles, issueAuthority, issueCertificate } from "../tls";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import { checkBroker } from "./check";
import { aclFile, OWN_USERS, PORT, serverConfig } from "./config";
import { statefulSetArgs } from "./manifests";

/** An application with a login of its own. */
export interface BrokerUser {
  /** It may use keys and channels whose name begins so, such as Celery's `global_keyprefix`. @default all */
  readonly keyPrefix?: string;
  /** Secrets to make for it, with the keys `host`, `port`, `username`, `password`, `url` and `ca.crt`. @default none */
  readonly credentialsIn?: readonly CredentialsTarget[];
}

export interface ValkeyBrokerArgs {
  /** Namespace of the broker. Changing it replaces the broker. */
  readonly namespace: pulumi.Input<string>;
  /** Image with `valkey-server` and `valkey-cli` 8 or newer. */
  readonly image: pulumi.Input<string>;
  /**
   * Servers: one primary that all clients use, the others replicas that hold a copy. Nothing promotes a replica by itself; a
   * primary that dies comes back with its file. Plain. @default 1
   */
  readonly replicas?: number;
  /** What its data may take, less than the pod's memory; past it, writes are refused. @default 192Mi */
  readonly maxMemory?: string;
  readonly storage: Storage;
  /** Of each server. @default 100m cores, 256Mi */
  readonly resources?: Resources;
  /** Applications by name. Plain. @default none */
  readonly users?: Readonly<Record<string, BrokerUser>>;
  /** Refuse to destroy what holds data. @default false */
  readonly protect?: boolean;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = {
  replicas: 1,
  maxMemory: "192Mi",
  resources: { cpu: "100m", memory: "256Mi" },
  users: {},
  protect: false,
  labels: {},
};

export type ValkeyBrokerSpec = WithDefaults<ValkeyBrokerArgs, typeof DEFAULTS>;

/** A message broker on Valkey that speaks TLS alone, keeps everything in a file, and has a login for each application. */
export class ValkeyBroker extends pulumi.ComponentResource {
  /** Host of the primary inside the Kubernetes cluster. */
  readonly host: pulumi.Output<string>;
  readonly port = PORT;
  /** Certificate of the authority that signed the broker's, PEM. */
  readonly caCertificate: pulumi.Output<string>;
  /** What applications depend on. */
  readonly ready: k8s.apps.v1.StatefulSet;

  constructor(name: string, args: ValkeyBrokerArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.valkeyBroker, name, {}, opts);
    const spec: ValkeyBrokerSpec = { ...DEFAULTS, ...args };
    refuse(checkBroker(name, spec), this);

    const labels = objectLabels(spec.labels, { name: "valkey", instance: name }, "broker");
    const authority = issueAuthority(name, `${name} Valkey CA`, this);
    const passwords = makePasswords(name, [...Object.values(OWN_USERS), ...Object.keys(spec.users)], "password", {
      parent: this,
    });
    this.host = pulumi.interpolate`${name}.${spec.namespace}.svc`;
    this.caCertificate = authority.certificate;

    const primary = pulumi.interpolate`${name}-0.${name}-nodes.${spec.namespace}.svc`;
    const server = issueCertificate(
      `${name}-server`,
      {
        authority,
        commonName: name,
        dnsNames: [this.host, primary, "localhost"],
        uses: ["server_auth", "client_auth"], // replicas show it to the primary
      },
      this,
    );
    const secret = (suffix: string, content: Record<string, pulumi.Input<string>>) =>
      new k8s.core.v1.Secret(
        `${name}-${suffix}`,
        { metadata: { name: `${name}-${suffix}`, namespace: spec.namespace, labels }, data: secretData(content) },
        { parent: this },
      );
    const tls = secret("tls", certificateFiles(authority, server));
    const files = configFiles(spec, passwords, primary);
    const config = secret("config", files);
    this.#buildServices(name, spec, labels);
    this.ready = new k8s.apps.v1.StatefulSet(
      `${name}-servers`,
      statefulSetArgs(name, {
        ...spec,
        labels,
        configSecret: config.metadata.name,
        tlsSecret: tls.metadata.name,
        checksum: openHash([files, server.certificate], 16),
        keepVolumes: spec.protect,
      }),
      { parent: this, ...dataOptions(spec.protect) },
    );
    for (const [user, { credentialsIn = [] }] of Object.entries(spec.users)) {
      const password = passwords[user] ?? "";
      const content = {
        host: this.host,
        port: String(PORT),
        username: user,
        password,
        url: pulumi.interpolate`rediss://${user}:${password}@${this.host}:${PORT}/0`,
        "ca.crt": authority.certificate,
      };
      credentialSecrets(`${name}-${user}`, credentialsIn, content, labels, { parent: this });
    }
    this.registerOutputs({ host: this.host, port: this.port, caCertificate: this.caCertificate });
  }

  /** The Service that clients use leads to the primary alone. */
  #buildServices(name: string, spec: ValkeyBrokerSpec, labels: Labels): void {
    const selector = selectorLabels({ name: "valkey", instance: name });
    const ports = [{ name: "valkey", port: PORT, targetPort: "valkey" }];
    const { namespace, replicas } = spec;
    makeService(
      `${name}-service`,
      {
        metadata: { name, namespace, labels },
        spec: { selector: { ...selector, "apps.kubernetes.io/pod-index": "0" }, ports },
      },
      this,
    );
    if (replicas > 1) {
      new k8s.policy.v1.PodDisruptionBudget(
        `${name}-disruption`,
        { metadata: { name, namespace, labels }, spec: { maxUnavailable: 1, selector: { matchLabels: selector } } },
        { parent: this },
      );
    }
    makeService(
      `${name}-nodes`,
      {
        metadata: { name: `${name}-nodes`, namespace, labels },
        spec: { selector, clusterIP: "None", publishNotReadyAddresses: true, ports },
      },
      this,
    );
  }
}

/** Content of the configuration Secret: a file for each server, the users, and the password of the probe. */
function configFiles(
  spec: ValkeyBrokerSpec,
  passwords: Readonly<Record<string, pulumi.Output<string>>>,
  primary: pulumi.Output<string>,
): Record<string, pulumi.Input<string>> {
  const known = pulumi.all([pulumi.all(passwords), primary]);
  const servers = Array.from({ length: spec.replicas }, (_, index) => [
    `valkey-${index}.conf`,
    known.apply(([plain, host]) =>
      serverConfig({
        maxMemory: bytes(spec.maxMemory),
        replicaPassword: plain[OWN_USERS.replica] ?? "",
        ...(index === 0 ? {} : { primary: host }),
      }),
    ),
  ]);
  return {
    ...Object.fromEntries(servers),
    "users.acl": known.apply(([plain]) => aclFile(spec.users, plain)),
    "probe-password": passwords[OWN_USERS.probe] ?? "",
  };
}
