import assert from "node:assert/strict";
import { isCron } from "../../environment/cron";

describe("a time of cron", () => {
  for (const text of [
    "0 3 * * *",
    "*/15 0-6 1,15 * 1-5",
    "59 23 31 12 0",
    "5/10 * * * *",
    "0-30/10 * * * *",
    "0 3 29 2 *",
    "0 3 31 2 1",
    "0 0 30-31 */2 *",
  ])
    it(`may be "${text}"`, () => assert.ok(isCron(text)));

  for (const [text, why] of [
    ["0 25 * * *", "no such hour"],
    ["99 99 99 99 99", "nothing of it is there"],
    ["*/0 * * * *", "a step of nothing"],
    ["5-1 * * * *", "a range that goes back"],
    ["0 3 31 2 *", "never comes"],
    ["0 3 31 4,6 *", "never comes"],
    ["0 3 * * 7", "Kubernetes takes 0 for Sunday"],
    ["0 3 * * mon", "a name"],
    ["0 3 * *", "four fields"],
    ["0 3 * * * *", "six fields"],
    ["@daily", "a name"],
    ["0  3 * * *", "two spaces"],
    ["1, 3 * * *", "a list without its end"],
    ["-1 3 * * *", "below nothing"],
    ["", "nothing"],
  ] as const)
    it(`is not "${text}": ${why}`, () => assert.ok(!isCron(text)));
});
