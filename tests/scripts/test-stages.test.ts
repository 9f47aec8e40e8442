import assert from "node:assert/strict";
import { countsOf, failuresIn } from "../../scripts/lib/test-stages";

const lines: [string, number, number][] = [
  ["  412 passing (3s)", 412, 0],
  ["  2 failing", 0, 2],
  ["12 passed in 0.52s", 12, 0],
  ["===== 1 failed, 3 passed, 1 error in 2.10s =====", 3, 2],
  ["= 7 passed, 1 warning in 1.00s =", 7, 0],
  ["    says 3 passing notes", 0, 0],
  ["the 12 passed cars in 3.0s", 0, 0],
];

describe("the counts of a test run", () => {
  for (const [line, passed, failed] of lines)
    it(`are read from "${line.trim()}"`, () => assert.deepEqual(countsOf(line), { passed, failed }));
});

describe("why a test run failed", () => {
  it("is what mocha says of each failure, without its stack", () => {
    const mocha = [
      "    ✔ before",
      "  1 passing (3s)",
      "  1 failing",
      "",
      "  1) a restore",
      "       brings back:",
      "     AssertionError: 1 !== 0",
      "      at done (tests/platform/data/15-backup.test.ts:21:10)",
      "      at process.processTicksAndRejections (node:internal/process/task_queues:104:5)",
    ];
    assert.deepEqual(failuresIn(mocha), ["  1) a restore", "       brings back:", "     AssertionError: 1 !== 0"]);
  });

  it("is how any other program ended", () => {
    const lines = Array.from({ length: 99 }, (_, index) => `line ${index}`);
    assert.equal(failuresIn(lines)[0], "line 69");
    assert.equal(failuresIn(lines).at(-1), "line 98");
  });
});
