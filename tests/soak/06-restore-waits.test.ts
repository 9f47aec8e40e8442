import assert from "node:assert/strict";
import { script } from "../support/cli";
import { counts } from "../support/counts";
import { flightsTruth } from "../support/flights-truth";
import { sql } from "../support/sql";

describe("a restore", () => {
  it("waits no longer than a minute for who uses a table, says so, and changes nothing", async () => {
    const hold = "BEGIN; SELECT 1 FROM flights LIMIT 1; SELECT pg_sleep(75)";
    const holder = sql("warehouse", hold).catch(() => "ended");
    const { code, stdout, stderr } = await script("restore", "--yes", "warehouse");
    assert.equal(code, 1, `${stdout}\n${stderr}`);
    assert.match(stderr, /lock timeout/);
    await holder;
    assert.deepEqual((await counts()).postgres, flightsTruth());
  });
});
