import { z } from "zod";
import { resources, resourcesOverride } from "./resources";
import { byteQuantity, duration, name, sentence, workloadName } from "./values";

/** A database or role: letters that need no quoting, at most 63 bytes (PostgreSQL's NAMEDATALEN). */
const postgresName = name("1 to 63 of a-z, 0-9 and underscore, beginning with a letter", /^[a-z][a-z0-9_]{0,62}$/);

/**
 * Extensions of PostgreSQL 17 that an owner may create without being superuser.
 * Source: https://www.postgresql.org/docs/17/contrib.html ("trusted")
 */
const TRUSTED_EXTENSIONS = [
  "btree_gin",
  "btree_gist",
  "citext",
  "cube",
  "dict_int",
  "fuzzystrmatch",
  "hstore",
  "intarray",
  "isn",
  "lo",
  "ltree",
  "pg_trgm",
  "pgcrypto",
  "seg",
  "tablefunc",
  "tcn",
  "tsm_system_rows",
  "tsm_system_time",
  "unaccent",
  "uuid-ossp",
] as const;

/** A table: its schema and its name. */
const tableName = name("a schema, a dot and a table", /^[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$/);

/** What a role reads of a database that is another's. */
const reads = z.strictObject({
  /** Schemas of which it may read everything, tables that are made later too. */
  schemas: z.array(postgresName).min(1),
  /** A statement of it is ended after this, unless its session asks for another limit. */
  statementTimeout: duration,
  /** Condition in SQL, by table, that a row must meet to be seen by it. @default it sees all rows */
  rows: z.record(tableName, sentence).default({}),
});

/** A role that logs in to a database that is another's. Key: its name. */
const reader = z.strictObject({
  /** Workloads that connect as it. @default none: people alone, with what `scripts/login postgres-ROLE` shows */
  applications: z.array(workloadName).default([]),
  /** Connections that it may have at once. */
  connectionLimit: z.int().min(1).max(1000),
  /** What it may read. @default what the owner grants it, by itself */
  reads: reads.optional(),
});

/** A database. Key: its name. It stays when an application that uses it is switched off. */
const database = z.strictObject({
  /** Role that owns it; no other database may have the same, so that no application sees another's data. */
  owner: postgresName,
  /** Extensions made in it. @default none */
  extensions: z.array(z.enum(TRUSTED_EXTENSIONS)).default([]),
  /** Workloads that connect as its owner. */
  applications: z.array(workloadName).min(1),
  /** Connections that its owner may have at once. */
  connectionLimit: z.int().min(1).max(1000),
  /** Further roles that are let into it. @default none */
  readers: z.record(postgresName, reader).default({}),
});

const size = {
  /** Servers: one primary, the others replicas. */
  instances: z.int().min(1).max(9),
  /** Volume of each server. */
  storage: byteQuantity,
  /** `max_connections` of each server. */
  maxConnections: z.int().min(20).max(5000),
};

/** PostgreSQL: servers and databases. */
export const postgres = z.strictObject({
  ...size,
  /** Size of each server. */
  resources,
  /** Databases by name. */
  databases: z.record(postgresName, database),
});

/** What a target may change of PostgreSQL. */
export const postgresOverride = z.strictObject({ ...size, resources: resourcesOverride }).partial();
