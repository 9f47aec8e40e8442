import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { addressOf } from "../../../scripts/lib/addresses";
import { paths } from "../../../scripts/lib/paths";
import { attempt } from "../../../scripts/lib/run";
import { eventually, script } from "../../support/cli";
import { devEnvironment } from "../../support/dev-environment";
import { secretOf } from "../../support/documents";
import { flightsTruth } from "../../support/flights-truth";
import { SERVERS } from "../../support/spark";
import { sql } from "../../support/sql";
import { type Login, SqlTool } from "../../support/sql-tool";

const NAMESPACE = "platform-data";
const environment = devEnvironment();
const DOOR = environment.doors["postgres"];
const truth = flightsTruth();

/** What a dashboard asks, in words that PostgreSQL and Spark both know. */
const QUESTIONS: Readonly<Record<string, string>> = {
  "flights by carrier": "SELECT carrier, count(*) AS n FROM flights GROUP BY carrier ORDER BY carrier",
  "delays by airport and month": `SELECT origin, month, count(dep_delay) AS n, sum(dep_delay) AS minutes FROM flights
    GROUP BY origin, month ORDER BY origin, month`,
  "where most go": `SELECT dest, count(*) AS n, max(distance) AS miles FROM flights GROUP BY dest
    ORDER BY n DESC, dest LIMIT 5`,
};

/** What a way has for readers: row rules hold for whatever of it says where flights left from. */
const KNOWN = ["dim_airport", "dim_carrier", "dim_date", "fact_flight", "flights", "loads", "positions"];

/** What a role may read of the database, and whether that says where flights left from. */
const SEEN = `SELECT format('%I.%I', nspname, relname),
    EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'origin' AND NOT attisdropped)
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema')
    AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')`;

/** A role that logs in with psql from outside, at the address that `scripts/open` shows, by what `scripts/login` shows. */
class Reader {
  readonly #folder = mkdtempSync(join(tmpdir(), "bi-"));
  readonly #env: NodeJS.ProcessEnv;

  private constructor(login: Record<string, string>) {
    const ca = join(this.#folder, "ca.crt");
    writeFileSync(ca, login["ca.crt"] ?? "");
    this.#env = {
      ...process.env,
      PGHOST: DOOR?.name,
      PGPORT: String(DOOR?.hostPort),
      PGDATABASE: login["database"],
      PGUSER: login["username"],
      PGPASSWORD: login["password"],
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: ca,
    };
  }

  static async open(role: string): Promise<Reader> {
    return new Reader(await secretOf(NAMESPACE, `postgres-${role}`));
  }

  ask(statements: string | readonly string[], env: NodeJS.ProcessEnv = {}) {
    const commands = [statements].flat().flatMap((statement) => ["--command", statement]);
    const psql = ["--no-psqlrc", "--csv", "--tuples-only", "--set=ON_ERROR_STOP=1", ...commands];
    return attempt("psql", psql, { env: { ...this.#env, ...env } });
  }

  async answer(statement: string): Promise<string> {
    const { code, stdout, stderr } = await this.ask(statement);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  async refusal(statements: string | readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
    const { code, stderr } = await this.ask(statements, env);
    assert.notEqual(code, 0, `"${statements}" was not refused`);
    return stderr;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** Of the system's list alone, whatever authorities else this machine has curl trust. */
const trusted = async (url: string) =>
  (await attempt("curl", ["--silent", "--head", "--capath", "/etc/ssl/certs", url])).code === 0;

describe("SQL tools on a machine that `make trust` has prepared", () => {
  before(async () => {
    const { code, stdout, stderr } = await script("trust");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
  });
  after(async () => {
    const { code, stdout, stderr } = await script("trust", "--undo");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.ok(!(await trusted(addressOf(environment, "login"))), "the gateway is still trusted");
  });

  it("beside them, its programs open the gateway's pages without a warning", async () => {
    assert.ok(await trusted(addressOf(environment, "login")));
  });

  describe("BI on PostgreSQL", () => {
    let bi: Reader;
    let newark: Reader;
    before(async () => {
      [bi, newark] = await Promise.all([Reader.open("bi"), Reader.open("bi-newark")]);
    });
    after(() => {
      bi.close();
      newark.close();
    });

    it("shows all flights of both ways to who may see all", async () => {
      for (const way of ["etl", "elt"])
        assert.equal(await bi.answer(`SELECT count(*) FROM ${way}.flights`), String(truth.rows));
    });

    it("shows nothing but its rows to who may see some, by the view and by the table", async () => {
      const own = String(truth.origins["EWR"]);
      assert.equal(await newark.answer("SELECT count(*) FROM etl.flights"), own);
      assert.equal(await newark.answer("SELECT count(*) FROM etl.fact_flight WHERE origin IN ('EWR', 'JFK')"), own);
      assert.match(await newark.refusal("SELECT count(*) FROM elt.flights"), /permission denied for schema elt/);
    });

    for (const [role, { reads }] of Object.entries(environment.postgres.databases["warehouse"]?.readers ?? {}))
      for (const [table, condition] of Object.entries(reads?.rows ?? {}))
        it(`shows ${role} no other rows of ${table} by any other table`, async () => {
          const reader = await Reader.open(role.replaceAll("_", "-"));
          try {
            const seen = (await reader.answer(SEEN)).split("\n").map((line) => line.split(","));
            const allowed = reads?.schemas.flatMap((schema) => KNOWN.map((name) => `${schema}.${name}`));
            assert.deepEqual(seen.map(([name]) => name).sort(), allowed?.sort());
            for (const [name, hasOrigin] of seen)
              if (hasOrigin === "t")
                assert.equal(
                  await reader.answer(`SELECT count(*) FROM ${name} WHERE (${condition}) IS NOT TRUE`),
                  "0",
                  name,
                );
            assert.match(
              await reader.refusal("SELECT * FROM etl_intake.staged_flight"),
              /denied for schema etl_intake/,
            );
          } finally {
            reader.close();
          }
        });

    for (const [what, statement, reason] of [
      ["to write", "DELETE FROM etl.fact_flight", /read-only transaction/],
      [
        "to write in a transaction of its own",
        "BEGIN READ WRITE; DELETE FROM etl.fact_flight",
        /permission denied for table/,
      ],
      ["to make a table", "BEGIN READ WRITE; CREATE TABLE etl.x (a int)", /permission denied for schema etl/],
      ["to lift its row rules", "BEGIN READ WRITE; DROP POLICY bi ON etl.fact_flight", /must be owner/],
      ["to read what is not for it", "SELECT * FROM public.flights", /permission denied for table flights/],
    ] as const)
      it(`refuses ${what}`, async () => assert.match(await bi.refusal(statement), reason));

    it("refuses a wrong password, other databases, and who comes without TLS", async () => {
      assert.match(await bi.refusal("SELECT 1", { PGPASSWORD: "wrong" }), /password authentication failed/);
      assert.match(await bi.refusal("SELECT 1", { PGDATABASE: "airflow" }), /pg_hba.conf rejects/);
      assert.match(await bi.refusal("SELECT 1", { PGSSLMODE: "disable" }), /pg_hba.conf rejects|no encryption/);
    });

    it("ends a transaction in which nothing happens", async () => {
      assert.equal(await bi.answer("SHOW idle_in_transaction_session_timeout"), "5min");
      const idle = ["SET idle_in_transaction_session_timeout = '1s'", "BEGIN", "\\! sleep 3", "SELECT 1"];
      assert.match(await bi.refusal(idle), /idle-in-transaction timeout/);
    });

    it("lets a load begin while a reader's transaction is open", async () => {
      const star = readFileSync(join(paths.root, "pipelines/warehouse/star.sql"), "utf8");
      const begin = () =>
        sql("warehouse", `SET ROLE warehouse; SET search_path = etl; SET lock_timeout = '5s'; ${star}`);
      await begin();
      const reading = bi.ask("BEGIN; SELECT count(*) FROM etl.flights; SELECT pg_sleep(20)");
      const locked = `SELECT FROM pg_locks WHERE relation = 'etl.flights'::regclass AND granted`;
      await eventually("what the reader holds", 15, async () =>
        (await sql("warehouse", `SELECT EXISTS (${locked})`)) === "t" ? true : undefined,
      );
      await begin();
      assert.equal(await sql("warehouse", `SELECT EXISTS (${locked})`), "t", "the transaction was over before");
      assert.equal((await reading).code, 0);
    });

    it("ends a statement that takes too long", async () => {
      assert.equal(await bi.answer("SHOW statement_timeout"), "1min");
      assert.match(await bi.refusal("SET statement_timeout = '200ms'; SELECT pg_sleep(10)"), /statement timeout/);
    });
  });

  describe("the door of the SQL endpoint", () => {
    it("is the endpoint itself, by its certificate", async () => {
      const { name, hostPort } = environment.doors["sql"] ?? { name: "", hostPort: 0 };
      const { "ca.crt": ca = "" } = await secretOf(SERVERS, "spark-sql-login-bi");
      const socket = connect({ host: "127.0.0.1", port: hostPort, servername: name, ca });
      await once(socket, "secureConnect");
      assert.ok(socket.authorized);
      socket.destroy();
    });
  });

  describe("BI on both ways", () => {
    let bi: Reader;
    let tool: SqlTool;
    let logins: readonly [Login, Login];
    before(async () => {
      [bi, tool] = await Promise.all([Reader.open("bi"), SqlTool.open()]);
      logins = [await secretOf(NAMESPACE, "postgres-bi"), await secretOf(SERVERS, "spark-sql-login-bi")];
    });
    after(() => {
      bi.close();
      tool.close();
    });

    for (const [what, question] of Object.entries(QUESTIONS))
      it(`answers the same by psql and by JDBC of both: ${what}`, async () => {
        const rows = (await bi.answer(`SET search_path = etl; ${question}`))
          .split("\n")
          .filter((line) => line !== "SET");
        assert.ok(rows.length >= 5);
        const [postgres, spark] = logins;
        assert.deepEqual(await tool.postgres(addressOf(environment, "postgres"), postgres, question), rows);
        assert.deepEqual(await tool.spark(addressOf(environment, "sql"), spark, question), rows);
      });
  });
});
