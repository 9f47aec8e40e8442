import { sqlLiteral } from "../sql";

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
 * It takes away what no reader is to have any more, and leaves alone what is right: to change a policy locks its table.
 * `others` are let alone, but for one that was a reader the time before: it loses what it has then, and keeps what the owner grants it
 * from then on. Who the readers are stands in the function's comment, which is where the next time knows it from.
 * Row rules are for tables; they hold for views over them where these are made `WITH (security_invoker = true)`.
 */
export function ownerStatements(readers: Readonly<Record<string, ReaderRules>>, others: readonly string[]): string {
  const schemas = [...new Set(Object.values(readers).flatMap((reader) => reader.schemas))].sort();
  return `CREATE OR REPLACE FUNCTION ${FUNCTION}() RETURNS void LANGUAGE plpgsql AS ${QUOTE}
DECLARE
  -- Table, role and condition of each policy; who the readers were the time before.
  wished text[][] := ${policiesOf(readers)};
  before text[] := string_to_array(obj_description('${FUNCTION}()'::regprocedure, 'pg_proc'), ', ');
  it record;
BEGIN
  -- Two at a time would change the same rows of the catalogue, which PostgreSQL refuses.
  PERFORM pg_advisory_xact_lock(hashtext('${FUNCTION}'));
  FOR it IN
    SELECT DISTINCT object.name, a.grantee::regrole AS role
    FROM (
      SELECT format('SCHEMA %I', nspname), nspowner, nspacl FROM pg_namespace
      UNION ALL
      SELECT format('TABLE %s', oid::regclass), relowner, relacl FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
      UNION ALL
      SELECT format('TABLE %s', attrelid::regclass), relowner, attacl FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    ) object (name, owner, acl), aclexplode(object.acl) a
    WHERE object.owner IN (current_user::regrole, 'pg_database_owner'::regrole)
      AND a.grantee NOT IN (0, object.owner, current_user::regrole)
      AND (a.grantee::regrole::text != ALL (${array(others.map(sqlLiteral))}::text[]) OR a.grantee::regrole::text = ANY (before))
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %s', it.name, it.role);
  END LOOP;
${schemas.map((schema) => schemaBlock(schema, readers)).join("\n")}
  FOR it IN
    SELECT p.polname, p.polrelid::regclass AS relation, obj_description(p.oid, 'pg_policy') AS condition
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relowner = current_user::regrole
  LOOP
    CONTINUE WHEN EXISTS (
      SELECT FROM generate_subscripts(wished, 1) i
      WHERE to_regclass(wished[i][1]) = it.relation AND wished[i][2] = it.polname AND wished[i][3] = it.condition
    );
    EXECUTE format('DROP POLICY %I ON %s', it.polname, it.relation);
  END LOOP;
  FOR it IN
    SELECT c.oid::regclass AS relation FROM pg_class c
    WHERE c.relowner = current_user::regrole AND c.relrowsecurity AND NOT EXISTS (
      SELECT FROM generate_subscripts(wished, 1) i WHERE to_regclass(wished[i][1]) = c.oid
    )
  LOOP
    EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', it.relation);
  END LOOP;
  FOR i IN 1 .. coalesce(array_length(wished, 1), 0) LOOP
    SELECT c.oid, c.oid::regclass AS relation, c.relkind, c.relrowsecurity INTO it
    FROM pg_class c WHERE c.oid = to_regclass(wished[i][1]);
    CONTINUE WHEN NOT FOUND;
    IF it.relkind NOT IN ('r', 'p') THEN
      RAISE EXCEPTION '% is no table: a row rule holds for tables, and for the views over them.', wished[i][1];
    END IF;
    IF NOT it.relrowsecurity THEN
      EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', it.relation);
    END IF;
    CONTINUE WHEN EXISTS (SELECT FROM pg_policy WHERE polrelid = it.oid AND polname = wished[i][2]);
    EXECUTE format(
      'CREATE POLICY %I ON %s FOR SELECT TO %I USING (%s)', wished[i][2], it.relation, wished[i][2], wished[i][3]
    );
    EXECUTE format('COMMENT ON POLICY %I ON %s IS %L', wished[i][2], it.relation, wished[i][3]);
  END LOOP;
END ${QUOTE};
REVOKE ALL ON FUNCTION ${FUNCTION}() FROM PUBLIC;
SELECT ${FUNCTION}();
COMMENT ON FUNCTION ${FUNCTION}() IS ${sqlLiteral(Object.keys(readers).join(", "))};
`;
}

/** Every reader has a policy for each table that has one for somebody: where a table has any, no policy means no rows. */
function policiesOf(readers: Readonly<Record<string, ReaderRules>>): string {
  const ruled = [...new Set(Object.values(readers).flatMap(({ rows }) => Object.keys(rows)))].sort();
  const policies = ruled.flatMap((table) =>
    Object.entries(readers).map(([role, { rows }]) => [table, role, rows[table] ?? "true"].map(sqlLiteral).join(", ")),
  );
  return array(policies.map((policy) => `[${policy}]`));
}

const array = (items: readonly string[]): string => (items.length === 0 ? "'{}'" : `ARRAY[${items.join(", ")}]`);

function schemaBlock(schema: string, readers: Readonly<Record<string, ReaderRules>>): string {
  const roles = Object.entries(readers).flatMap(([role, { schemas }]) => (schemas.includes(schema) ? [role] : []));
  const to = roles.join(", ");
  return `  IF to_regnamespace('${schema}') IS NOT NULL THEN
    GRANT USAGE ON SCHEMA ${schema} TO ${to};
    GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${to};
  END IF;`;
}

/** A tool that was left open in a transaction keeps the locks of what it has read, which a load that changes a table waits for. */
const IDLE_TRANSACTION = "5min";

/** Limits of a role in the database that it has logged in to: it sets them itself, as only it and superusers may. */
export function readerStatements(role: string, database: string, { statementTimeoutMs }: ReaderRules): string {
  const limit =
    statementTimeoutMs === undefined ? "RESET statement_timeout" : `SET statement_timeout = ${statementTimeoutMs}`;
  return [
    // The line that makes it read only holds for the next time that this runs.
    "SET TRANSACTION READ WRITE;",
    `ALTER ROLE ${role} IN DATABASE ${database} ${limit};`,
    `ALTER ROLE ${role} IN DATABASE ${database} SET idle_in_transaction_session_timeout = '${IDLE_TRANSACTION}';`,
    `ALTER ROLE ${role} IN DATABASE ${database} SET default_transaction_read_only = on;`,
    "",
  ].join("\n");
}
