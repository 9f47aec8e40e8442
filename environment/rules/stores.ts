import { BACKUP_WORKLOADS } from "../connections";
import type { Unchecked } from "../environment";
import { own } from "../plain";
import type { Finding } from "../problem";
import { bytes, milliseconds } from "../quantities";
import { declared, entries, type Rule, repeated, unknownName } from "./rule";

const reserved = (path: string[], value: string, owner: string): Finding => ({
  path,
  kind: "reserved",
  value,
  allowed: "another name",
  message: `${value} belongs to ${owner}.`,
});

/** Databases that initdb makes, and roles of PostgreSQL and CloudNativePG. */
const OWN_DATABASES = ["postgres", "template0", "template1"];
const OWN_ROLES = ["postgres", "streaming_replica", "cnpg_pooler_pgbouncer"];

/** Every role that logs in: owners and readers. */
const rolesOf = ({ postgres }: Unchecked) =>
  entries(postgres?.databases).flatMap(([database, { owner, readers }]) => {
    const path = ["postgres", "databases", database];
    return [
      ...(owner === undefined ? [] : [{ path: [...path, "owner"], role: owner, database }]),
      ...Object.keys(readers ?? {}).map((role) => ({ path: [...path, "readers", role], role, database })),
    ];
  });

/** No database or role takes a name that is PostgreSQL's or its operator's own. */
export const reservedDatabases: Rule = (environment) => [
  ...entries(environment.postgres?.databases).flatMap(([name]) =>
    OWN_DATABASES.includes(name) ? [reserved(["postgres", "databases", name], name, "PostgreSQL")] : [],
  ),
  ...rolesOf(environment).flatMap(({ path, role }) =>
    OWN_ROLES.includes(role) || role.startsWith("pg_") ? [reserved(path, role, "PostgreSQL or its operator")] : [],
  ),
];

/** Each role belongs to one database. */
export const uniqueRoles: Rule = (environment) =>
  repeated(rolesOf(environment), ({ role }) => role).map(({ item: { path, role, database }, first }) => ({
    path,
    kind: "duplicate",
    value: role,
    allowed: "a role that no other database has",
    ...(path.at(-1) === "owner" ? { suggestion: database } : {}),
    message: `The role ${role} of ${database} would also be let into ${first.database}.`,
  }));

/** Row rules are for tables of schemas that the role may read. */
export const readableRows: Rule = ({ postgres }) =>
  entries(postgres?.databases).flatMap(([database, { readers }]) =>
    entries(readers).flatMap(([role, { reads }]) => {
      const schemas = reads?.schemas;
      if (schemas === undefined) return [];
      return Object.keys(reads?.rows ?? {})
        .filter((table) => !schemas.includes(table.split(".")[0]))
        .map((table) => ({
          path: ["postgres", "databases", database, "readers", role, "reads", "rows", table],
          kind: "reference" as const,
          value: table,
          allowed: `a table of ${schemas.join(", ")}`,
          message: `The role ${role} may not read that schema at all.`,
        }));
    }),
  );

/** Connections that applications must leave: superuser_reserved_connections (3), and the operator's own to each database. */
const KEPT_CONNECTIONS = 10;

/** All applications together fit into the server's connections. */
export const enoughConnections: Rule = ({ postgres }) => {
  const limits = entries(postgres?.databases).flatMap(([, { connectionLimit, readers }]) => [
    connectionLimit ?? 0,
    ...entries(readers).map(([, reader]) => reader.connectionLimit ?? 0),
  ]);
  const needed = limits.reduce((sum, limit) => sum + limit, 0) + KEPT_CONNECTIONS;
  if (postgres?.maxConnections === undefined || needed <= postgres.maxConnections) return [];
  return [
    {
      path: ["postgres", "maxConnections"],
      kind: "order",
      value: postgres.maxConnections,
      allowed: `${needed} or more, or smaller limits of the databases`,
      suggestion: String(needed),
      message: `The databases' limits add up to ${needed - KEPT_CONNECTIONS}, and ${KEPT_CONNECTIONS} are kept for administration.`,
    },
  ];
};

/** Members of a replica set vote, so their number is odd. */
export const oddMembers: Rule = ({ mongodb }) => {
  const members = mongodb?.members;
  if (members === undefined || members % 2 === 1) return [];
  const message = `${members} members survive no more failures than ${members - 1}.`;
  const suggestion = String(members + 1);
  return [
    { path: ["mongodb", "members"], kind: "quorum", value: members, allowed: "an odd number", suggestion, message },
  ];
};

/** S3's limit, which holds for the whole name. */
const LONGEST_BUCKET_NAME = 63;

/** With the target's prefix, buckets' names are still short enough. */
export const bucketLengths: Rule = ({ objectStore, bucketPrefix }) => {
  if (bucketPrefix === undefined) return [];
  return Object.keys(objectStore?.buckets ?? {}).flatMap((name): Finding[] => {
    const whole = `${bucketPrefix}-${name}`;
    if (whole.length <= LONGEST_BUCKET_NAME) return [];
    const message = `The bucket's whole name ${whole} has ${whole.length} characters.`;
    const allowed = `at most ${LONGEST_BUCKET_NAME} characters together with the prefix`;
    return [{ path: ["objectStore", "buckets", name], kind: "name", value: name, allowed, message }];
  });
};

/** Backups go to a bucket that is there, is switched on, lets its workloads in, and keeps them as long as promised. */
export const backupBucket: Rule = ({ backups, objectStore, services }) => {
  if (backups?.enabled !== true || backups.bucket === undefined) return [];
  const found: Finding[] = [];
  if (services?.objectStore === false && services.postgres !== false) {
    const message = "Backups need the object store, which is switched off.";
    found.push({
      path: ["services", "objectStore"],
      kind: "dependency",
      value: false,
      allowed: "true, or backups.enabled: false",
      message,
    });
  }
  const buckets = objectStore?.buckets;
  if (!declared(buckets, backups.bucket)) {
    return [...found, unknownName(["backups", "bucket"], backups.bucket, "bucket", Object.keys(buckets ?? {}))];
  }
  const bucket = own(buckets, backups.bucket);
  found.push(...backupAccess(["objectStore", "buckets", backups.bucket, "applications"], bucket?.applications ?? {}));
  const expiry = bucket?.expiry ?? "forever";
  if (backups.retention === undefined || expiry === "forever") return found;
  if (milliseconds(backups.retention) <= milliseconds(expiry)) return found;
  const message = `Bucket ${backups.bucket} deletes backups after ${expiry}, before they are to go.`;
  return [
    ...found,
    { path: ["backups", "retention"], kind: "order", value: backups.retention, allowed: `at most ${expiry}`, message },
  ];
};

/** Who writes backups may write, who reads them back may read. */
function backupAccess(path: string[], applications: Readonly<Record<string, string | undefined>>): Finding[] {
  const needed = { [BACKUP_WORKLOADS.writer]: "write", [BACKUP_WORKLOADS.reader]: "read" };
  return Object.entries(needed).flatMap(([workload, access]) => {
    if (own(applications, workload) === access) return [];
    const message = `Backups could not be ${access === "write" ? "written" : "read back"}.`;
    const value = own(applications, workload);
    return [{ path: [...path, workload], kind: "missing", value, allowed: access, suggestion: access, message }];
  });
}

/** Valkey's data leaves room below the memory limit: a save may copy what changes meanwhile. */
export const valkeyMemory: Rule = ({ valkey }) => {
  const { maxMemory } = valkey ?? {};
  const memory = valkey?.resources?.memory;
  if (maxMemory === undefined || memory === undefined || bytes(maxMemory) < bytes(memory)) return [];
  const message = "Valkey would be killed before it is full.";
  return [
    {
      path: ["valkey", "maxMemory"],
      kind: "order",
      value: maxMemory,
      allowed: `less than ${memory}, the memory limit`,
      message,
    },
  ];
};
