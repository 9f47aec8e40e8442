import assert from "node:assert/strict";
import { main as backup } from "../../scripts/commands/backup";
import { main as restore } from "../../scripts/commands/restore";
import { backupRunIn, backupTable, momentOf, progressIn, withoutBackup } from "../../scripts/lib/backups";

const MADE = {
  database: "warehouse",
  time: "2026-11-21T03:00:00Z",
  bytes: 12_345_678,
  tables: { "public.flights": 336_776, "public.flights_positions": 6 },
  rows: 336_782,
};
const line = (event: string, fields: object) => `${JSON.stringify({ event, ...fields })}\n`;

describe("a run of backups", () => {
  it("tells what was done and why something was not", () => {
    const log = `${line("progress", { database: "a" })}${line("backup", MADE)}${line("failed", { reason: "no room" })}`;
    const { done, failures } = backupRunIn(log, 1);
    assert.equal(done.length, 1);
    assert.equal(done[0]?.rows, MADE.rows);
    assert.deepEqual(failures, ["no room"]);
  });

  it("that ends without a word of its own has failed with its last line", () => {
    const { failures } = backupRunIn("Traceback\nMemoryError\n", 137);
    assert.match(failures.join(), /137.*MemoryError/);
    assert.deepEqual(backupRunIn("", 0), { done: [], failures: [] });
  });

  it("says how far it is, and nothing where its last line is about something else", () => {
    const said = progressIn(line("progress", { database: "warehouse", done: 1_500_000, of: 3_000_000 }));
    assert.equal(said, "warehouse: 1.5 of 3.0 MB");
    assert.equal(progressIn(line("backup", MADE)), undefined);
    assert.equal(progressIn("psql: something"), undefined);
  });
});

describe("a table of backups", () => {
  it("has a heading and a line for each", () => {
    const [heading, only] = backupTable([MADE]);
    assert.match(heading ?? "", /^DATABASE +TIME +TABLES +ROWS +MB$/);
    assert.match(only ?? "", /^warehouse +2026-11-21T03:00:00Z +2 +336,782 +12\.3$/);
  });
});

describe("databases without a backup", () => {
  it("are those of which none is there, or none that is old enough", () => {
    assert.deepEqual(withoutBackup([MADE], ["warehouse", "airflow"], undefined), ["airflow"]);
    assert.deepEqual(withoutBackup([MADE], ["warehouse"], "2026-11-21T03:00:00Z"), []);
    assert.deepEqual(withoutBackup([MADE], ["warehouse"], "2026-11-20T00:00:00Z"), ["warehouse"]);
  });
});

describe("the time of a backup", () => {
  for (const [text, moment] of [
    ["2026-11-21T03:00:00Z", "2026-11-21T03:00:00Z"],
    ["2026-11-21", "2026-11-21T00:00:00Z"],
    ["2026-11-21 03:00", "2026-11-21T03:00:00Z"],
    ["2026-11-21T03:00:00.5+02:00", "2026-11-21T01:00:00Z"],
    ["yesterday", undefined],
    ["3", undefined],
    ["2026-13-01", undefined],
    ["2026-02-31T03:00:00Z", undefined],
  ] as const)
    it(`"${text}" is ${moment ?? "none"}, in whatever zone the machine is`, () => assert.equal(momentOf(text), moment));
});

describe("scripts/backup and scripts/restore", () => {
  const silent = console.error;
  beforeEach(() => {
    console.error = () => {};
  });
  afterEach(() => {
    console.error = silent;
  });
  const wrong: [typeof backup, string[]][] = [
    [backup, []],
    [backup, ["later"]],
    [backup, ["now", "--yes"]],
    [restore, []],
    [restore, ["--yes"]],
    [restore, ["warehouse"]],
    [restore, ["--at", "warehouse"]],
    [restore, ["--anew"]],
    [restore, ["--yes", "--anew", "warehouse"]],
    [restore, ["--yes", "warehouse", "warehouse"]],
    [restore, ["--yes", "--at", "yesterday", "warehouse"]],
  ];
  for (const [main, argv] of wrong)
    it(`${main === backup ? "backup" : "restore"} refuses "${argv.join(" ")}" as wrong usage`, async () =>
      assert.equal(await main(argv), 2));
});
