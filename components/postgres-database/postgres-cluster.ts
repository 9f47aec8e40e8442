import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parseBytes } from "../../environment/quantities";
import { secretData } from "../credentials";
import { dataOptions } from "../data-options";
import { type Labels, objectLabels } from "../labels";
import { Problems, refuse } from "../problems";
import type { Storage } from "../storage";
import { issueAuthority, issueCertificate } from "../tls";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import { clusterManifest, serverNames } from "./manifest";

export interface PostgresClusterArgs {
  /** Namespace of the cluster. Changing it replaces the cluster. */
  readonly namespace: pulumi.Input<string>;
  /** Image of PostgreSQL whose tag begins with the version, which the operator reads there. */
  readonly image: pulumi.Input<string>;
  /** Primary and replicas together. Plain: it decides what else is made. @default 1 */
  readonly instances?: number;
  readonly storage: Storage;
  /** Of each instance. @default 250m cores, 512Mi */
  readonly resources?: Resources;
  /** Connections that the server accepts in all. @default 100, as PostgreSQL's own */
  readonly maxConnections?: number;
  /** Roles that are let into a database which is another's, by the database: `readers` of `PostgresDatabase`. Plain. @default none */
  readonly readers?: Readonly<Record<string, readonly string[]>>;
  /** Names by which programs outside of the Kubernetes cluster reach the primary, for the certificate. @default none */
  readonly hostNames?: readonly string[];
  /** Gate of the operator, `CloudNativePg.ready`. @default the operator is there already */
  readonly operator?: pulumi.Resource;
  /** Refuse to destroy what holds data. @default false */
  readonly protect?: boolean;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = {
  instances: 1,
  resources: { cpu: "250m", memory: "512Mi" },
  maxConnections: 100,
  readers: {},
  hostNames: [],
  protect: false,
  labels: {},
};

/** What a database needs to know of the server that it is on. */
export interface PostgresServer {
  /** Name of the CloudNativePG `Cluster`. */
  readonly clusterName: string;
  readonly namespace: pulumi.Output<string>;
  /** Host of the primary inside the Kubernetes cluster; its certificate bears this name. */
  readonly host: pulumi.Output<string>;
  readonly port: number;
  /** Certificate of the authority that signed the server's, PEM. */
  readonly caCertificate: pulumi.Output<string>;
  /** What databases depend on. */
  readonly ready: pulumi.Resource;
}

/**
 * A PostgreSQL server run by CloudNativePG: primary and replicas, TLS by an authority of its own, no superuser over the network.
 * Applications get their databases by `PostgresDatabase`.
 */
export class PostgresCluster extends pulumi.ComponentResource implements PostgresServer {
  readonly clusterName: string;
  readonly namespace: pulumi.Output<string>;
  readonly host: pulumi.Output<string>;
  readonly port = 5432;
  readonly caCertificate: pulumi.Output<string>;
  readonly ready: k8s.apiextensions.CustomResource;

  constructor(name: string, args: PostgresClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.postgresCluster, name, {}, opts);
    const spec = { ...DEFAULTS, ...args };
    refuse(checkCluster(name, spec), this);

    const labels = objectLabels(spec.labels, { name: "postgres", instance: name }, "database");
    const namespace = pulumi.output(spec.namespace);
    const authority = issueAuthority(name, `${name} PostgreSQL CA`, this);
    const server = issueCertificate(
      `${name}-server`,
      {
        authority,
        commonName: `${name}-rw`,
        dnsNames: namespace.apply((plain) => [...serverNames(name, plain), ...spec.hostNames]),
        uses: ["server_auth"],
      },
      this,
    );
    // The label makes the operator reload PostgreSQL when the certificate is renewed.
    const metadata = { namespace, labels: { ...labels, "cnpg.io/reload": "true" } };
    const caSecret = new k8s.core.v1.Secret(
      `${name}-server-ca`,
      { metadata: { ...metadata, name: `${name}-server-ca` }, data: secretData({ "ca.crt": authority.certificate }) },
      { parent: this },
    );
    const tlsSecret = new k8s.core.v1.Secret(
      `${name}-server-tls`,
      {
        metadata: { ...metadata, name: `${name}-server-tls` },
        type: "kubernetes.io/tls",
        data: secretData({ "tls.crt": server.certificate, "tls.key": server.key }),
      },
      { parent: this },
    );
    this.ready = new k8s.apiextensions.CustomResource(
      `${name}-cluster`,
      clusterManifest(name, {
        ...spec,
        namespace,
        labels: { ...spec.labels, "app.kubernetes.io/part-of": "platform" },
        caSecret: caSecret.metadata.name,
        tlsSecret: tlsSecret.metadata.name,
      }),
      {
        parent: this,
        dependsOn: spec.operator === undefined ? [] : [spec.operator],
        customTimeouts: { create: "15m", update: "15m" },
        ...dataOptions(spec.protect),
      },
    );
    this.clusterName = name;
    this.namespace = namespace;
    this.host = pulumi.interpolate`${name}-rw.${namespace}.svc`;
    this.caCertificate = authority.certificate;
    this.registerOutputs({ host: this.host, port: this.port, caCertificate: this.caCertificate });
  }
}

type ClusterCheck = Pick<PostgresClusterArgs, "storage"> &
  Required<Pick<PostgresClusterArgs, "instances" | "resources" | "maxConnections">>;

function checkCluster(name: string, spec: ClusterCheck): string[] {
  const problems = new Problems(`PostgresCluster "${name}"`);
  problems.name("name", name, 50); // CNPG appends to it: https://cloudnative-pg.io/documentation/1.30/cloudnative-pg.v1/
  problems.whole("instances", spec.instances, 1);
  problems.whole("maxConnections", spec.maxConnections, 10);
  problems.size("storage.size", spec.storage.size);
  problems.resources("resources", spec.resources);
  if ((parseBytes(spec.resources.memory) ?? 0) < 256 * 2 ** 20) {
    problems.add(
      "resources.memory",
      `is "${spec.resources.memory}". Use "256Mi" or more: PostgreSQL and the instance manager share it.`,
    );
  }
  return problems.found;
}
