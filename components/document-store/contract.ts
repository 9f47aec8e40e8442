import * as pulumi from "@pulumi/pulumi";
import { type CredentialsTarget, checkTargets } from "../credentials";
import type { Problems } from "../problems";

/** Port of the MongoDB protocol. */
export const PORT = 27017;

/** The user who makes the others. */
export const ADMIN = "admin";

/** Databases that MongoDB keeps for itself. */
const RESERVED = ["admin", "config", "local"];

/** An application with a login of its own. */
export interface DocumentUser {
  /**
   * Secrets to make for it, with the keys `host`, `port`, `database`, `username`, `password`, `url` and `ca.crt`. A client takes the
   * `url` as it is and trusts `ca.crt`. @default none
   */
  readonly credentialsIn?: readonly CredentialsTarget[];
}

/** A database and who may read and write it, by name. */
export interface DocumentDatabase {
  readonly users: Readonly<Record<string, DocumentUser>>;
}

/** What speaks MongoDB's protocol over TLS and has the databases and users that were asked for. */
export interface DocumentStore {
  /** Host inside the Kubernetes cluster. */
  readonly host: pulumi.Output<string>;
  /** Certificate of the authority that signed the store's, PEM. */
  readonly caCertificate: pulumi.Output<string>;
  /** What applications depend on: the store answers and their users are there. */
  readonly ready: pulumi.Resource;
}

/** A user in a database. */
export interface Login extends Required<DocumentUser> {
  readonly database: string;
  readonly user: string;
  /** Names what is made for it. */
  readonly key: string;
}

/** Every user of every database. */
export function loginsOf(databases: Readonly<Record<string, DocumentDatabase>>): Login[] {
  return Object.entries(databases).flatMap(([database, { users }]) =>
    Object.entries(users).map(([user, { credentialsIn = [] }]) => ({
      database,
      user,
      credentialsIn,
      key: `${database.replaceAll("_", "-")}-${user}`,
    })),
  );
}

/** What a user's Secrets hold. `options` are further parts of the address. */
export function credentialsContent(
  store: Pick<DocumentStore, "host" | "caCertificate">,
  { database, user }: Pick<Login, "database" | "user">,
  password: pulumi.Input<string>,
  options: Readonly<Record<string, string>> = {},
): Record<string, pulumi.Input<string>> {
  const query = new URLSearchParams({ authSource: database, tls: "true", ...options }).toString();
  return {
    host: store.host,
    port: String(PORT),
    database,
    username: user,
    password,
    url: pulumi.interpolate`mongodb://${user}:${password}@${store.host}:${PORT}/${database}?${query}`,
    "ca.crt": store.caCertificate,
  };
}

/** All that is wrong with databases and users. */
export function checkDatabases(problems: Problems, databases: Readonly<Record<string, DocumentDatabase>>): void {
  for (const database of Object.keys(databases)) {
    const field = `databases.${database}`;
    if (!/^[a-z][a-z0-9_]{0,37}$/.test(database))
      problems.add(
        field,
        `has a name that is not allowed. Use a lower-case letter and up to 37 letters, digits and "_".`,
      );
    if (RESERVED.includes(database)) problems.add(field, "is a database of MongoDB's own. Use another name.");
  }
  for (const { database, user, credentialsIn } of loginsOf(databases)) {
    const field = `databases.${database}.users.${user}`;
    problems.name(field, user);
    if (user === ADMIN) problems.add(field, "is the name of the one that makes users. Use another name.");
    checkTargets(problems, `${field}.credentialsIn`, credentialsIn);
  }
}
