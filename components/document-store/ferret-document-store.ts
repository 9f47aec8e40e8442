import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { credentialSecrets, secretData } from "../credentials";
import type { WithDefaults } from "../defaults";
import { type Labels, objectLabels, selectorLabels } from "../labels";
import { openHash } from "../names";
import { makePasswords } from "../passwords";
import { Problems, refuse } from "../problems";
import type { PythonImage } from "../python-image";
import { runOnce } from "../run-once";
import { makeService } from "../service";
import { type Authority, certificateFiles, issueAuthority, issueCertificate } from "../tls";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import {
  ADMIN,
  checkDatabases,
  credentialsContent,
  type DocumentDatabase,
  type DocumentStore,
  loginsOf,
  PORT,
} from "./contract";
import { deploymentArgs, setupJobArgs } from "./ferret-manifests";

export interface FerretDocumentStoreArgs {
  /** Namespace of the store. Changing it replaces the store, whose data is in PostgreSQL. */
  readonly namespace: pulumi.Input<string>;
  /** Image of FerretDB 1.24. */
  readonly image: pulumi.Input<string>;
  /** Image that the setup Job runs in; it needs Python's `pymongo`. */
  readonly setup: PythonImage;
  /** Secret in the namespace with the keys that `PostgresDatabase` writes: where all documents are. */
  readonly postgresSecret: string;
  /** Password of who makes users. The database knows it too: keep it for as long as that. */
  readonly adminPassword: pulumi.Input<string>;
  /** @default 100m cores, 256Mi */
  readonly resources?: Resources;
  /** Databases by name, each with its users. Plain. @default none */
  readonly databases?: Readonly<Record<string, DocumentDatabase>>;
  /** What must be there before it starts: the PostgreSQL database. @default nothing */
  readonly after?: readonly pulumi.Resource[];
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = { resources: { cpu: "100m", memory: "256Mi" }, databases: {}, after: [], labels: {} };

type Spec = WithDefaults<FerretDocumentStoreArgs, typeof DEFAULTS>;

interface Shared {
  readonly authority: Authority;
  readonly passwordsSecret: pulumi.Output<string>;
  readonly labels: Labels;
}

/**
 * A stand-in for MongoDB on one machine: FerretDB, which keeps documents in a PostgreSQL database. It is a double and no more: one
 * process, no replica set, so no transactions and no change streams, and little of the aggregation pipeline.
 */
export class FerretDocumentStore extends pulumi.ComponentResource implements DocumentStore {
  readonly host: pulumi.Output<string>;
  readonly port = PORT;
  readonly caCertificate: pulumi.Output<string>;
  readonly ready: k8s.batch.v1.Job;

  constructor(name: string, args: FerretDocumentStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.ferretDocumentStore, name, {}, opts);
    const spec: Spec = { ...DEFAULTS, ...args };
    refuse(checkStore(name, spec), this);

    const labels = objectLabels(spec.labels, { name: "mongodb", instance: name }, "store");
    const logins = loginsOf(spec.databases);
    const adminPassword = pulumi.secret(spec.adminPassword);
    const keys = logins.map(({ key }) => key);
    const passwords: Record<string, pulumi.Output<string>> = {
      [ADMIN]: adminPassword,
      ...makePasswords(name, keys, "password", { parent: this }),
    };
    const authority = issueAuthority(name, `${name} document store CA`, this);
    this.host = pulumi.interpolate`${name}.${spec.namespace}.svc`;
    this.caCertificate = authority.certificate;
    const passwordsSecret = new k8s.core.v1.Secret(
      `${name}-passwords`,
      {
        metadata: { name: `${name}-passwords`, namespace: spec.namespace, labels },
        data: secretData({ ...passwords, "ca.crt": authority.certificate }),
      },
      { parent: this },
    ).metadata.name;
    const server = this.#buildServer(name, spec, { authority, passwordsSecret, labels }, adminPassword);
    this.ready = this.#buildUsers(name, spec, passwordsSecret, passwords, server);
    for (const login of logins) {
      const content = credentialsContent(this, login, passwords[login.key] ?? "");
      credentialSecrets(`${name}-${login.key}`, login.credentialsIn, content, labels, { parent: this });
    }
    this.registerOutputs({ host: this.host, port: this.port, caCertificate: this.caCertificate });
  }

  #buildServer(
    name: string,
    spec: Spec,
    { authority, passwordsSecret, labels }: Shared,
    adminPassword: pulumi.Input<string>,
  ): k8s.apps.v1.Deployment {
    const { namespace } = spec;
    const certificate = issueCertificate(
      `${name}-server`,
      { authority, commonName: name, dnsNames: [this.host, "localhost"], uses: ["server_auth"] },
      this,
    );
    const tls = new k8s.core.v1.Secret(
      `${name}-tls`,
      {
        metadata: { name: `${name}-tls`, namespace, labels },
        data: secretData(certificateFiles(authority, certificate)),
      },
      { parent: this },
    );
    makeService(
      `${name}-service`,
      {
        metadata: { name, namespace, labels },
        spec: {
          selector: selectorLabels({ name: "mongodb", instance: name }),
          ports: [{ name: "mongodb", port: PORT, targetPort: "mongodb" }],
        },
      },
      this,
    );
    return new k8s.apps.v1.Deployment(
      `${name}-server`,
      deploymentArgs(name, {
        ...spec,
        labels,
        tlsSecret: tls.metadata.name,
        passwordsSecret,
        checksum: openHash([certificate.certificate, adminPassword], 16),
      }),
      { parent: this, dependsOn: [...spec.after] },
    );
  }

  /** The Job that makes the users. */
  #buildUsers(
    name: string,
    spec: Spec,
    passwordsSecret: pulumi.Output<string>,
    passwords: Readonly<Record<string, pulumi.Output<string>>>,
    server: pulumi.Resource,
  ): k8s.batch.v1.Job {
    const { namespace } = spec;
    const labels = objectLabels(spec.labels, { name: "mongodb-setup", instance: name }, "setup");
    const databases = Object.fromEntries(
      Object.keys(spec.databases).map((database) => {
        const own = loginsOf(spec.databases).filter((login) => login.database === database);
        return [database, Object.fromEntries(own.map(({ user, key }) => [user, key]))];
      }),
    );
    const wish = pulumi.jsonStringify({ host: this.host, port: PORT, admin: ADMIN, databases }, undefined, 2);
    const config = new k8s.core.v1.ConfigMap(
      `${name}-setup`,
      { metadata: { name: `${name}-setup`, namespace, labels }, data: { "wish.json": wish } },
      { parent: this },
    );
    return runOnce(
      `${name}-setup`,
      setupJobArgs({
        ...spec.setup,
        namespace,
        labels,
        // A Job runs once, so another wish, password or image is another Job.
        jobName: pulumi.interpolate`${name}-setup-${openHash([wish, pulumi.all(passwords), spec.setup.image], 12)}`,
        configMap: config.metadata.name,
        passwordsSecret,
      }),
      { parent: this, dependsOn: [server] },
    );
  }
}

function checkStore(name: string, spec: Spec): string[] {
  const problems = new Problems(`FerretDocumentStore "${name}"`);
  problems.name("name", name, 40);
  problems.name("postgresSecret", spec.postgresSecret);
  problems.resources("resources", spec.resources);
  checkDatabases(problems, spec.databases);
  return problems.found;
}
