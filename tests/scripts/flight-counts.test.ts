import assert from "node:assert/strict";
import { behindIn, countsIn, countsTable, type FlightCounts } from "../../scripts/lib/flight-counts";

const COUNTS: FlightCounts = {
  kafka: { records: 1346, keys: 1234, badRecords: 10, deadLetters: 9 },
  postgres: {
    rows: 1234,
    carriers: 16,
    origins: { EWR: 1000, LGA: 234 },
    withoutDeparture: 7,
    checksum: "0123456789abcdef",
  },
  ways: { etl: { rows: 1234, checksum: "0123456789abcdef" } },
  behind: { etl: 1200 },
  problems: ["flights has 10 bad records, flights-dead-letter 9 dead letters."],
};
const LINE = JSON.stringify({ event: "counts", ...COUNTS });

describe("flight counts", () => {
  it("are found among other lines, before and behind them", () => {
    const log = `%3|librdkafka says something\n{"event":"count","done":5}\n${LINE}\n{"event":"failed","reason":"x"}\n`;
    assert.deepEqual(countsIn(log), COUNTS);
  });

  for (const [what, log, reason] of [
    ["nothing", "", /nothing/],
    ["a failure", '{"event":"failed","reason":"Environment lacks KAFKA_CA."}\n', /Environment lacks KAFKA_CA/],
  ] as const)
    it(`are missing where the step wrote ${what}, and the error says so`, () => {
      assert.throws(() => countsIn(log), reason);
    });

  it("name who is behind, and what brings the rest", () => {
    const [line, ...more] = behindIn(COUNTS);
    assert.match(line ?? "", /^etl: 1,200 records.*scripts\/dags run flights_etl/);
    assert.deepEqual(more, []);
  });

  it("make a table with one number a line, all lines of one width", () => {
    const lines = countsTable(COUNTS);
    assert.equal(new Set(lines.map((line) => line.length)).size, 1);
    assert.ok(lines.some((line) => /EWR +1,000$/.test(line)));
    assert.ok(lines.some((line) => /ETL: rows +1,234$/.test(line)));
    assert.ok(lines.some((line) => /distinct keys +1,234$/.test(line)));
  });
});
