import assert from "node:assert/strict";
import { runJob, warehouse } from "../support/spark";

/** Seconds that a job over all flights may take, with the start of its pods. */
const JOB_SECONDS = 420;

describe("ETL by Spark", () => {
  it("changes nothing when it runs again, in either form", async () => {
    const loads = await warehouse("SELECT count(*), sum(records) FROM etl.loads");
    await runJob("flights-etl", "test-again", JOB_SECONDS);
    await runJob("flights-etl-stream", "test-again-stream", JOB_SECONDS);
    assert.equal(await warehouse("SELECT count(*), sum(records) FROM etl.loads"), loads);
    assert.equal(await warehouse("SELECT count(*) FROM etl.staged_flight"), "0");
  });
});
