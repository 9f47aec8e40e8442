/** What a role that is not the owner may read of a database, and within what limits. */
export interface ReaderRules {
  /** Schemas of which it may read every table and view, those that are made later too. */
  readonly schemas: readonly string[];
  /** Milliseconds after which a statement is ended, unless the session asks for another limit. @default none */
  readonly statementTimeoutMs?: number;
  /** Conditions in SQL, by `schema.table`: it sees no other rows. A table without one is seen whole. */
  readonly rows: Readonly<Record<string, string>>;
}

/** Function that whoever makes tables calls afterwards, as their owner. */
export const FUNCTION = "public.apply_access";

/** Quotes the body: no condition may hold it, which `check` sees to. */
export const QUOTE = "$access$";

/**
 * Makes the function that lets readers in, and calls it. Tables that are not there yet are passed over: who makes them calls it again.
 * Row rules hold for views only where these are made `WITH (security_invoker = true)`.
 */
export function ownerStatements(readers: Readonly<Record<string, ReaderRules>>): string {
  const roles = Object.keys(readers);
  const schemas = [...new Set(Object.values(readers).flatMap((reader) => reader.schemas))].sort();
  const ruled = [...new Set(Object.values(readers).flatMap(({ rows }) => Object.keys(rows)))].sort();
  const body = [
    ...schemas.map((schema) => schemaBlock(schema, readers)),
    ...ruled.map((table) => tableBlock(table, readers)),
  ].join("\n");
  return `CREATE OR REPLACE FUNCTION ${FUNCTION}() RETURNS void LANGUAGE plpgsql AS ${QUOTE}
DECLARE
  schema_name text;
  role_name text;
BEGIN
  -- Taken away first, so that what is no longer wished is gone.
  FOR schema_name IN SELECT nspname FROM pg_namespace WHERE nspowner = current_user::regrole LOOP
    FOREACH role_name IN ARRAY ARRAY[${roles.map((role) => `'${role}'`).join(", ")}] LOOP
      EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', schema_name, role_name);
      EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %I', schema_name, role_name);
    END LOOP;
  END LOOP;
${body}
END ${QUOTE};
REVOKE ALL ON FUNCTION ${FUNCTION}() FROM PUBLIC;
SELECT ${FUNCTION}();
`;
}

function schemaBlock(schema: string, readers: Readonly<Record<string, ReaderRules>>): string {
  const roles = Object.entries(readers).flatMap(([role, { schemas }]) => (schemas.includes(schema) ? [role] : []));
  const to = roles.join(", ");
  return `  IF to_regnamespace('${schema}') IS NOT NULL THEN
    GRANT USAGE ON SCHEMA ${schema} TO ${to};
    GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${to};
  END IF;`;
}

function tableBlock(table: string, readers: Readonly<Record<string, ReaderRules>>): string {
  const policies = Object.entries(readers).flatMap(([role, { rows }]) => [
    `    DROP POLICY IF EXISTS ${role} ON ${table};`,
    `    CREATE POLICY ${role} ON ${table} FOR SELECT TO ${role} USING (${rows[table] ?? "true"});`,
  ]);
  return `  IF to_regclass('${table}') IS NOT NULL THEN
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
${policies.join("\n")}
  END IF;`;
}

/** Limits of a role in the database that it has logged in to: it sets them itself, as only it and superusers may. */
export function readerStatements(role: string, database: string, { statementTimeoutMs }: ReaderRules): string {
  const limit =
    statementTimeoutMs === undefined ? "RESET statement_timeout" : `SET statement_timeout = ${statementTimeoutMs}`;
  return [
    `ALTER ROLE ${role} IN DATABASE ${database} ${limit};`,
    `ALTER ROLE ${role} IN DATABASE ${database} SET default_transaction_read_only = on;`,
    "",
  ].join("\n");
}
