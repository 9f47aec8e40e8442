import assert from "node:assert/strict";
import { kubectl, script } from "../../support/cli";
import { counts } from "../../support/counts";
import { devEnvironment } from "../../support/dev-environment";
import { flightsTruth } from "../../support/flights-truth";
import { sql } from "../../support/sql";

const NAMESPACE = "platform-data";
const DATABASES = Object.keys(devEnvironment().postgres.databases);

/** The lines of a table of backups, without its heading, by their columns. */
const rowsOf = (stdout: string): string[][] =>
  stdout
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/ {2,}/));

async function done(name: string, ...args: string[]): Promise<string[][]> {
  const { code, stdout, stderr } = await script(name, ...args);
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  return rowsOf(stdout);
}

async function refused(exitCode: number, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await script("restore", ...args);
  assert.equal(code, exitCode, `${stdout}\n${stderr}`);
  return stderr;
}

/** Rows of all tables of the warehouse, whoever made them. */
const warehouseRows = async () =>
  Number(
    await sql(
      "warehouse",
      `SELECT sum((xpath('/row/rows/text()', query_to_xml(
         format('SELECT count(*) AS rows FROM ONLY %I.%I', schemaname, tablename), false, true, '')))[1]::text::bigint)
       FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    ),
  );

/** Whether the schedule makes backups: one of its own in between would be the newest. */
const schedule = (runs: boolean) =>
  kubectl("patch", "cronjob/postgres-backup", "-n", NAMESPACE, "--patch", JSON.stringify({ spec: { suspend: !runs } }));

describe("backups", () => {
  before(() => schedule(false));

  it("are made of every database, and listed with their rows", async () => {
    const made = await done("backup", "now");
    assert.deepEqual(made.map(([database]) => database).sort(), [...DATABASES].sort());
    const warehouse = made.find(([database]) => database === "warehouse");
    assert.equal(warehouse?.[3], (await warehouseRows()).toLocaleString("en-US"));
    assert.deepEqual((await done("backup", "list", "warehouse")).at(-1), warehouse);
  });

  it("are made by the schedule's own Job", async () => {
    const name = "postgres-backup-by-hand";
    await kubectl("create", "job", name, "-n", NAMESPACE, "--from=cronjob/postgres-backup");
    await kubectl("wait", `job/${name}`, "-n", NAMESPACE, "--for=condition=Complete", "--timeout=5m");
    await kubectl("delete", "job", name, "-n", NAMESPACE);
  });
});

describe("a restore", () => {
  after(() => schedule(true));

  it("brings back by one command what was destroyed, every row, and takes away what came later", async () => {
    const [made] = await done("backup", "now", "warehouse");
    const before = await warehouseRows();
    await sql(
      "warehouse",
      `DROP TABLE flights, flights_positions; DROP SCHEMA etl, etl_intake, elt, elt_intake CASCADE;
       CREATE TABLE later (x int); ALTER TABLE later OWNER TO warehouse;`,
    );
    const [restored] = await done("restore", "--yes", "warehouse");
    assert.deepEqual(restored, made);
    assert.equal(await warehouseRows(), before);
    assert.equal(await sql("warehouse", "SELECT to_regclass('later') IS NULL"), "t");
    assert.deepEqual((await counts()).postgres, flightsTruth());
  });

  it("lets readers in as the stack has it now, whatever it was when the dump was made", async () => {
    await sql(
      "warehouse",
      `DROP POLICY bi_newark ON etl.fact_flight; CREATE ROLE gone; GRANT SELECT ON etl.fact_flight TO gone;
       CREATE POLICY gone ON etl.fact_flight FOR SELECT TO gone USING (true);`,
    );
    await done("backup", "now", "warehouse");
    await sql("warehouse", "DROP OWNED BY gone; DROP ROLE gone");
    await done("restore", "--yes", "warehouse");
    const rule = "SELECT count(*) FROM pg_policies WHERE tablename = 'fact_flight' AND policyname = 'bi_newark'";
    assert.equal(await sql("warehouse", rule), "1");
  });

  it("leaves tables to the role that owns the database", async () => {
    const owners = await sql("warehouse", "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'");
    assert.equal(owners, "warehouse");
  });

  it("of an older backup is that of its time", async () => {
    const [older] = await done("backup", "now", "warehouse");
    await sql("warehouse", "CREATE TABLE later (x int); ALTER TABLE later OWNER TO warehouse;");
    await done("backup", "now", "warehouse");
    const [restored] = await done("restore", "--yes", `--at=${older?.[1]}`, "warehouse");
    assert.deepEqual(restored, older);
    assert.equal(await sql("warehouse", "SELECT to_regclass('later') IS NULL"), "t");
  });

  it("is not done where nobody says --yes", async () => {
    assert.match(await refused(2, "warehouse"), /warehouse.*--yes/);
  });

  it("of a database that is not there names those that are", async () => {
    const said = await refused(2, "--yes", "warehose");
    assert.match(said, /warehose/);
    for (const database of DATABASES) assert.ok(said.includes(database), said);
  });

  it("from before the first backup says from when there are any, and changes nothing", async () => {
    const before = await warehouseRows();
    assert.match(
      await refused(1, "--yes", "--at=2001-01-01", "warehouse"),
      /no backup of warehouse from 2001-01-01.*20\d\d-/s,
    );
    assert.match(await refused(2, "--yes", "--at=yesterday", "warehouse"), /yesterday/);
    assert.equal(await warehouseRows(), before);
  });
});
