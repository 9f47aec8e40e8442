import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { credentialSecrets, secretData } from "../credentials";
import { dataOptions } from "../data-options";
import type { WithDefaults } from "../defaults";
import { type Labels, objectLabels } from "../labels";
import { makePasswords } from "../passwords";
import { Problems, refuse } from "../problems";
import type { Storage } from "../storage";
import { certificateFiles, issueAuthority, issueCertificate } from "../tls";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import {
  checkDatabases,
  credentialsContent,
  type DocumentDatabase,
  type DocumentStore,
  loginsOf,
  PORT,
} from "./contract";
import { clusterManifest, REPLICA_SET, serverNames } from "./percona-manifest";

export interface PerconaDocumentStoreArgs {
  /** Namespace of the store, which the operator watches. Changing it replaces the store. */
  readonly namespace: pulumi.Input<string>;
  /** Image of Percona Server for MongoDB. */
  readonly image: pulumi.Input<string>;
  /** Version of the operator that is installed, such as `1.22.0`. */
  readonly operatorVersion: string;
  /** Members of the replica set, an odd number. Plain. @default 3 */
  readonly members?: number;
  /** Of each member. */
  readonly storage: Storage;
  /** Of each member. @default 300m cores, 1Gi */
  readonly resources?: Resources;
  /** Databases by name, each with its users. Plain. @default none */
  readonly databases?: Readonly<Record<string, DocumentDatabase>>;
  /** Gate of the operator. @default the operator is there already */
  readonly operator?: pulumi.Resource;
  /** Refuse to destroy what holds data. @default false */
  readonly protect?: boolean;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = { members: 3, resources: { cpu: "300m", memory: "1Gi" }, databases: {}, protect: false, labels: {} };

type Spec = WithDefaults<PerconaDocumentStoreArgs, typeof DEFAULTS>;

/** A replica set of MongoDB, run by Percona's operator: TLS by an authority of its own, a user for each application. */
export class PerconaDocumentStore extends pulumi.ComponentResource implements DocumentStore {
  readonly host: pulumi.Output<string>;
  readonly port = PORT;
  readonly caCertificate: pulumi.Output<string>;
  readonly ready: k8s.apiextensions.CustomResource;

  constructor(name: string, args: PerconaDocumentStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.perconaDocumentStore, name, {}, opts);
    const spec: Spec = { ...DEFAULTS, ...args };
    refuse(checkStore(name, spec), this);

    const { namespace } = spec;
    const labels = objectLabels(spec.labels, { name: "mongodb", instance: name }, "store");
    const logins = loginsOf(spec.databases);
    const passwords = makePasswords(
      name,
      logins.map(({ key }) => key),
      "password",
      { parent: this },
    );
    const authority = issueAuthority(name, `${name} document store CA`, this);
    this.host = pulumi.interpolate`${name}-${REPLICA_SET}.${namespace}.svc`;
    this.caCertificate = authority.certificate;
    const certificate = issueCertificate(
      `${name}-server`,
      {
        authority,
        commonName: name,
        dnsNames: pulumi.output(namespace).apply((plain) => serverNames(name, plain)),
        uses: ["server_auth", "client_auth"], // members show it to each other
      },
      this,
    );
    const secret = (suffix: string, content: Record<string, pulumi.Input<string>>) =>
      new k8s.core.v1.Secret(
        `${name}-${suffix}`,
        { metadata: { name: `${name}-${suffix}`, namespace, labels }, data: secretData(content) },
        { parent: this },
      ).metadata.name;
    this.ready = new k8s.apiextensions.CustomResource(
      `${name}-cluster`,
      clusterManifest(name, {
        ...spec,
        labels,
        logins,
        passwordsSecret: secret("passwords", passwords),
        tlsSecret: secret("tls", certificateFiles(authority, certificate)),
        keepVolumes: spec.protect,
      }),
      {
        parent: this,
        dependsOn: spec.operator === undefined ? [] : [spec.operator],
        customTimeouts: { create: "15m", update: "30m" },
        ...dataOptions(spec.protect),
      },
    );
    for (const login of logins) {
      const content = credentialsContent(this, login, passwords[login.key] ?? "", { replicaSet: REPLICA_SET });
      credentialSecrets(`${name}-${login.key}`, login.credentialsIn, content, labels, { parent: this });
    }
    this.registerOutputs({ host: this.host, port: this.port, caCertificate: this.caCertificate });
  }
}

function checkStore(name: string, spec: Spec): string[] {
  const problems = new Problems(`PerconaDocumentStore "${name}"`);
  // https://docs.percona.com/percona-operator-for-mongodb/operator.html: metadata.name, at most 22 characters
  problems.name("name", name, 22);
  problems.whole("members", spec.members, 1, 7);
  if (spec.members % 2 === 0)
    problems.add(
      "members",
      `is ${spec.members}. Use an odd number: members vote, and ${spec.members} survive no more failures.`,
    );
  problems.size("storage.size", spec.storage.size);
  problems.resources("resources", spec.resources);
  if (!/^\d+\.\d+\.\d+$/.test(spec.operatorVersion))
    problems.add("operatorVersion", `is ${JSON.stringify(spec.operatorVersion)}. Use a version such as "1.22.0".`);
  checkDatabases(problems, spec.databases);
  return problems.found;
}
