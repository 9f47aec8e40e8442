import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type CredentialsTarget, checkTargets, credentialSecrets, secretData } from "../credentials";
import { dataOptions } from "../data-options";
import { type Labels, objectLabels } from "../labels";
import { makePassword } from "../passwords";
import { Problems, refuse } from "../problems";
import { TYPES } from "../types";
import { databaseManifest, RESERVED, roleManifest } from "./manifest";
import type { PostgresServer } from "./postgres-cluster";

/** A role that is let into a database which is another's. It may do what the owner grants it, which is nothing to begin with. */
export interface DatabaseReader {
  /** Connections of the role at once, -1 for no limit of its own. @default -1 */
  readonly connectionLimit?: number;
  /** Secrets to make for the application, with the keys that the owner's have. @default none */
  readonly credentialsIn?: readonly CredentialsTarget[];
}

export interface PostgresDatabaseArgs {
  /** The server, such as a `PostgresCluster`. */
  readonly server: PostgresServer;
  /** Name of the database and of the role that owns it: a letter, then letters, digits and `_`, all lower case. Plain. */
  readonly database: string;
  /** Extensions to make in the database, such as `pg_trgm`. One that is taken out stays. @default none */
  readonly extensions?: readonly string[];
  /** Connections of the role at once, -1 for no limit of its own. @default -1 */
  readonly connectionLimit?: number;
  /**
   * Secrets to make for the application, with the keys `host`, `port`, `database`, `username`, `password` and `ca.crt`.
   * @default none
   */
  readonly credentialsIn?: readonly CredentialsTarget[];
  /** Further roles by name; the server must be told of them too (`readers` of `PostgresCluster`). Plain. @default none */
  readonly readers?: Readonly<Record<string, DatabaseReader>>;
  /** Refuse to destroy what holds data. @default false */
  readonly protect?: boolean;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS: Required<Omit<PostgresDatabaseArgs, "server" | "database">> = {
  extensions: [],
  connectionLimit: -1,
  credentialsIn: [],
  readers: {},
  protect: false,
  labels: {},
};

/**
 * A database of one application with a role of the same name that owns it: no superuser, and let into no other database. Both stay
 * in the server when this is taken out of a program, and go with the server.
 */
export class PostgresDatabase extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  /** Secret in the server's namespace with `username` and `password`. */
  readonly credentialsSecret: pulumi.Output<string>;
  /** What the application depends on: database and role are there. */
  readonly ready: k8s.apiextensions.CustomResource;

  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.postgresDatabase, name, {}, opts);
    const spec = { ...DEFAULTS, ...args };
    refuse(checkDatabase(name, spec), this);

    const { server, database } = spec;
    const owner = this.#makeRole(name, database, spec, spec);
    const readers = Object.entries(spec.readers).map(([role, reader]) =>
      this.#makeRole(`${name}-${role}`, role, spec, reader),
    );
    this.ready = new k8s.apiextensions.CustomResource(
      `${name}-database`,
      databaseManifest(objectName(server, database), {
        namespace: server.namespace,
        cluster: server.clusterName,
        labels: labelsOf(spec),
        database,
        extensions: spec.extensions,
      }),
      {
        parent: this,
        dependsOn: [owner.role, ...readers.map(({ role }) => role)],
        ...dataOptions(spec.protect),
      },
    );
    this.host = server.host;
    this.port = server.port;
    this.database = database;
    this.username = database;
    this.credentialsSecret = owner.secret;
    this.registerOutputs({ host: this.host, port: this.port, database, username: this.username });
  }

  /** A role with a password, which the server and the applications are told. */
  #makeRole(
    name: string,
    username: string,
    spec: Pick<PostgresDatabaseArgs, "server" | "database" | "labels">,
    { connectionLimit = -1, credentialsIn = [] }: DatabaseReader,
  ) {
    const { server, database } = spec;
    const object = objectName(server, username);
    const labels = labelsOf(spec);
    const password = makePassword(name, "password", { parent: this });
    const credentials = new k8s.core.v1.Secret(
      `${name}-credentials`,
      {
        metadata: {
          name: `${object}-credentials`,
          namespace: server.namespace,
          labels: { ...labels, "cnpg.io/reload": "true" },
        },
        type: "kubernetes.io/basic-auth",
        data: secretData({ username, password }),
      },
      { parent: this },
    );
    const readable = this.#letServerRead(name, server, credentials);
    const role = new k8s.apiextensions.CustomResource(
      `${name}-role`,
      roleManifest(object, {
        namespace: server.namespace,
        cluster: server.clusterName,
        labels,
        role: username,
        passwordSecret: credentials.metadata.name,
        connectionLimit,
      }),
      { parent: this, dependsOn: [server.ready, readable] },
    );
    credentialSecrets(
      name,
      credentialsIn,
      {
        host: server.host,
        port: String(server.port),
        database,
        username,
        password,
        "ca.crt": server.caCertificate,
      },
      labels,
      { parent: this },
    );
    return { role, secret: credentials.metadata.name };
  }

  /**
   * The operator lets the server read a role's password too, but only some time after it has seen the role: by then the server has
   * found the password forbidden, and tries again half a minute later.
   */
  #letServerRead(name: string, server: PostgresServer, secret: k8s.core.v1.Secret): k8s.rbac.v1.RoleBinding {
    const metadata = secret.metadata.apply(({ name, namespace, labels }) => ({ name, namespace, labels }));
    const role = new k8s.rbac.v1.Role(
      `${name}-credentials`,
      {
        metadata,
        rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames: [secret.metadata.name], verbs: ["get"] }],
      },
      { parent: this },
    );
    return new k8s.rbac.v1.RoleBinding(
      `${name}-credentials`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        // The operator names the server's account after the cluster.
        subjects: [{ kind: "ServiceAccount", name: server.clusterName, namespace: server.namespace }],
      },
      { parent: this },
    );
  }
}

const objectName = ({ clusterName }: PostgresServer, role: string) => `${clusterName}-${role.replaceAll("_", "-")}`;

const labelsOf = ({ server, labels = {} }: Pick<PostgresDatabaseArgs, "server" | "labels">) =>
  objectLabels(labels, { name: "postgres", instance: server.clusterName }, "database");

type DatabaseCheck = Required<
  Pick<PostgresDatabaseArgs, "database" | "extensions" | "connectionLimit" | "credentialsIn" | "readers">
>;

function checkDatabase(name: string, spec: DatabaseCheck): string[] {
  const problems = new Problems(`PostgresDatabase "${name}"`);
  checkName(problems, "database", spec.database);
  problems.distinct("extensions", spec.extensions);
  problems.whole("connectionLimit", spec.connectionLimit, -1);
  checkTargets(problems, "credentialsIn", spec.credentialsIn);
  for (const [role, { connectionLimit = -1, credentialsIn = [] }] of Object.entries(spec.readers)) {
    checkName(problems, `readers.${role}`, role);
    if (role === spec.database) problems.add(`readers.${role}`, "is the owner. Use another name.");
    problems.whole(`readers.${role}.connectionLimit`, connectionLimit, -1);
    checkTargets(problems, `readers.${role}.credentialsIn`, credentialsIn);
  }
  return problems.found;
}

function checkName(problems: Problems, field: string, name: string): void {
  const shown = JSON.stringify(name);
  if (!/^[a-z][a-z0-9_]{0,49}$/.test(name))
    problems.add(field, `is ${shown}. Use a lower-case letter and up to 49 letters, digits and "_" after it.`);
  if (RESERVED.includes(name) || /^(pg|cnpg)_/.test(name))
    problems.add(field, `is ${shown}, which PostgreSQL or its operator keeps for itself. Use another name.`);
}
