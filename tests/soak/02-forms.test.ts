import assert from "node:assert/strict";
import { counts } from "../support/counts";
import { flightsTruth } from "../support/flights-truth";
import { runJob, warehouse } from "../support/spark";

/** Seconds that a job over all flights may take, with the start of its pods. */
const JOB_SECONDS = 420;

const { rows, checksum } = flightsTruth();

describe("ETL by Spark", () => {
  it("brings all flights as a stream, in several micro-batches", async () => {
    await warehouse("DROP SCHEMA etl, etl_intake CASCADE");
    await runJob("flights-etl-stream", "test-stream", JOB_SECONDS);
    assert.deepEqual((await counts()).ways["etl"], { rows, checksum });
    assert.ok(Number(await warehouse("SELECT count(*) FROM etl.loads")) > 1);
  });

  it("changes nothing when it runs again, in either form", async () => {
    const loads = await warehouse("SELECT count(*), sum(records) FROM etl.loads");
    await runJob("flights-etl", "test-again", JOB_SECONDS);
    await runJob("flights-etl-stream", "test-again-stream", JOB_SECONDS);
    assert.equal(await warehouse("SELECT count(*), sum(records) FROM etl.loads"), loads);
    assert.equal(await warehouse("SELECT count(*) FROM etl_intake.staged_flight"), "0");
  });
});
