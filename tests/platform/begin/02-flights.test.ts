import assert from "node:assert/strict";
import type { FlightCounts } from "../../../scripts/lib/flight-counts";
import { counts } from "../../support/counts";
import { flightsTruth } from "../../support/flights-truth";
import { finished, startAgain } from "../../support/jobs";

const SPOILT = 10;
const LIMIT_SECONDS = 180;

describe("flights on their way through Kafka into PostgreSQL", () => {
  let before: FlightCounts;

  it("arrive all, each once, as the CSV file has them", async () => {
    before = await counts();
    assert.deepEqual(before.postgres, flightsTruth());
    assert.equal(before.kafka.keys, flightsTruth().rows);
  });

  it("stay as they are where ten spoilt records come after them, which end as dead letters", async () => {
    await startAgain("flights-producer", "flights-spoiler", ["spoil"]);
    await finished("flights-spoiler", LIMIT_SECONDS);
    await startAgain("flights-loader", "flights-loader-again", ["load"]);
    await finished("flights-loader-again", LIMIT_SECONDS);
    const after = await counts();
    assert.deepEqual(after.postgres, flightsTruth());
    assert.equal(after.kafka.badRecords - before.kafka.badRecords, SPOILT);
    assert.equal(after.kafka.deadLetters - before.kafka.deadLetters, SPOILT);
    assert.equal(after.kafka.keys, before.kafka.keys);
  });
});
