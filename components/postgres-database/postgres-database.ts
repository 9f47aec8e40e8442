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
  /** Refuse to destroy what holds data. @default false */
  readonly protect?: boolean;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = { extensions: [], connectionLimit: -1, credentialsIn: [], protect: false, labels: {} };

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
    const object = `${server.clusterName}-${database.replaceAll("_", "-")}`;
    const labels = objectLabels(spec.labels, { name: "postgres", instance: server.clusterName }, "database");
    const password = makePassword(name, "password", this);
    const credentials = new k8s.core.v1.Secret(
      `${name}-credentials`,
      {
        metadata: {
          name: `${object}-credentials`,
          namespace: server.namespace,
          labels: { ...labels, "cnpg.io/reload": "true" },
        },
        type: "kubernetes.io/basic-auth",
        data: secretData({ username: database, password }),
      },
      { parent: this },
    );
    const readable = this.#letServerRead(name, server, credentials);
    const owned = { namespace: server.namespace, cluster: server.clusterName, database, labels };
    const role = new k8s.apiextensions.CustomResource(
      `${name}-role`,
      roleManifest(object, {
        ...owned,
        passwordSecret: credentials.metadata.name,
        connectionLimit: spec.connectionLimit,
      }),
      { parent: this, dependsOn: [server.ready, readable] },
    );
    this.ready = new k8s.apiextensions.CustomResource(
      `${name}-database`,
      databaseManifest(object, { ...owned, extensions: spec.extensions }),
      {
        parent: this,
        dependsOn: [role],
        ...dataOptions(spec.protect),
      },
    );
    this.host = server.host;
    this.port = server.port;
    this.database = database;
    this.username = database;
    this.credentialsSecret = credentials.metadata.name;
    credentialSecrets(
      name,
      spec.credentialsIn,
      {
        host: server.host,
        port: String(server.port),
        database,
        username: database,
        password,
        "ca.crt": server.caCertificate,
      },
      labels,
      { parent: this },
    );
    this.registerOutputs({ host: this.host, port: this.port, database, username: this.username });
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

type DatabaseCheck = Required<
  Pick<PostgresDatabaseArgs, "database" | "extensions" | "connectionLimit" | "credentialsIn">
>;

function checkDatabase(name: string, spec: DatabaseCheck): string[] {
  const problems = new Problems(`PostgresDatabase "${name}"`);
  const shown = JSON.stringify(spec.database);
  if (!/^[a-z][a-z0-9_]{0,49}$/.test(spec.database)) {
    problems.add("database", `is ${shown}. Use a lower-case letter and up to 49 letters, digits and "_" after it.`);
  }
  if (RESERVED.includes(spec.database) || /^(pg|cnpg)_/.test(spec.database)) {
    problems.add("database", `is ${shown}, which PostgreSQL or its operator keeps for itself. Use another name.`);
  }
  problems.distinct("extensions", spec.extensions);
  problems.whole("connectionLimit", spec.connectionLimit, -1);
  checkTargets(problems, "credentialsIn", spec.credentialsIn);
  return problems.found;
}
