import assert from "node:assert/strict";
import { PostgresAccess, type PostgresAccessArgs } from "../../components/postgres-access";
import { ownerStatements, readerStatements } from "../../components/postgres-access/statements";
import { TYPES } from "../../components/types";
import { assertWellFormed, recordComponent, refusals } from "./recorded";

const READERS = {
  bi: { schemas: ["etl", "elt"], statementTimeoutMs: 60_000, rows: {} },
  bi_newark: { schemas: ["etl"], rows: { "etl.fact_flight": "origin = 'EWR'" } },
};
const ARGS: PostgresAccessArgs = {
  namespace: "platform-data",
  image: "localhost/platform/backup:17-0123456789ab",
  database: "warehouse",
  ownerSecret: "postgres-warehouse",
  readers: {
    bi: { ...READERS.bi, secret: "postgres-bi" },
    bi_newark: { ...READERS.bi_newark, secret: "postgres-bi-newark" },
  },
};
const build = (args: Partial<PostgresAccessArgs> = {}) =>
  recordComponent((opts) => new PostgresAccess("postgres-access-warehouse", { ...ARGS, ...args }, opts));

describe("statements that let readers in", () => {
  const statements = ownerStatements(READERS, ["scaling"]);

  it("grant the tables of the schemas, to those who may read them alone", () => {
    assert.match(statements, /GRANT SELECT ON ALL TABLES IN SCHEMA etl TO bi, bi_newark;/);
    assert.match(statements, /GRANT SELECT ON ALL TABLES IN SCHEMA elt TO bi;/);
  });

  it("leave alone whom they are told to", () => {
    assert.ok(statements.includes("!= ALL (ARRAY['scaling']::text[])"));
  });

  it("take from one of these what it had as a reader, by the names that the last time has left", () => {
    assert.match(statements, /!= ALL \(ARRAY\['scaling'\]::text\[\]\) OR a\.grantee::regrole::text = ANY \(before\)\)/);
    assert.match(
      statements,
      /before text\[\] := string_to_array\(obj_description\('public\.apply_access\(\)'::regprocedure, 'pg_proc'\), ', '\);/,
    );
    assert.ok(
      statements.endsWith(
        "SELECT public.apply_access();\nCOMMENT ON FUNCTION public.apply_access() IS 'bi, bi_newark';\n",
      ),
    );
  });

  it("take away in the schema that belongs to the database's owner, too", () => {
    assert.ok(statements.includes("object.owner IN (current_user::regrole, 'pg_database_owner'::regrole)"));
  });

  it("take away first what is no longer wished", () => {
    assert.ok(statements.indexOf("REVOKE ALL ON %s") < statements.indexOf("GRANT"));
    assert.ok(statements.indexOf("DROP POLICY") < statements.indexOf("CREATE POLICY"));
  });

  it("give every reader a rule where a table has one, since no rule means no rows", () => {
    const policies = ["'etl.fact_flight', 'bi', 'true'", "'etl.fact_flight', 'bi_newark', 'origin = ''EWR'''"];
    assert.ok(statements.includes(`ARRAY[${policies.map((policy) => `[${policy}]`).join(", ")}]`), statements);
  });

  it("limit a role as that role, and lift a limit that is no longer wished", () => {
    assert.match(
      readerStatements("bi", "warehouse", READERS.bi),
      /ROLE bi IN DATABASE warehouse SET statement_timeout = 60000;/,
    );
    assert.match(readerStatements("bi_newark", "warehouse", READERS.bi_newark), /RESET statement_timeout;/);
  });
});

describe("PostgresAccess", () => {
  it("is one tree on the given providers", async () => {
    assertWellFormed(await build(), TYPES.postgresAccess, "postgres-access-warehouse");
  });

  it("logs in by the Secrets of owner and readers, none of which is told to the process otherwise", async () => {
    const { inputs } = (await build()).find("kubernetes:batch/v1:Job", "-job");
    const { template } = inputs["spec"] as {
      template: { spec: { containers: { env: { name: string }[] }[]; volumes: { secret?: { secretName: string } }[] } };
    };
    const secrets = template.spec.volumes.flatMap(({ secret }) => (secret === undefined ? [] : [secret.secretName]));
    assert.deepEqual(secrets, ["postgres-warehouse", "postgres-bi", "postgres-bi-newark"]);
    assert.deepEqual(
      template.spec.containers[0]?.env.map(({ name }) => name),
      ["PGDATABASE", "READERS"],
    );
  });

  it("is another Job where the rules are others", async () => {
    const nameOf = async (args: Partial<PostgresAccessArgs>) => {
      const { inputs } = (await build(args)).find("kubernetes:batch/v1:Job", "-job");
      return (inputs["metadata"] as { name: string }).name;
    };
    assert.notEqual(await nameOf({}), await nameOf({ readers: { bi: { schemas: ["etl"], secret: "postgres-bi" } } }));
  });

  it("refuses a condition that would end the body of the function", async () => {
    const rows = { "etl.fact_flight": "$access$; DROP TABLE x" };
    const problems = await refusals(() => build({ readers: { bi: { schemas: ["etl"], secret: "s", rows } } }));
    assert.match(problems.join("\n"), /readers\.bi\.rows\["etl\.fact_flight"\]/);
  });
});
