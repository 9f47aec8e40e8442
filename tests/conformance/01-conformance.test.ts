import assert from "node:assert/strict";
import { cases } from "./cases";
import { connect } from "./cluster";
import { type Performance, play } from "./play";

/** All cases, or those whose name contains this text: `CASE=autonam mocha ...`. */
const chosen = cases.filter(({ name }) => name.includes(process.env["CASE"] ?? ""));

describe("kubernetes plugin", () => {
  let performances: readonly Performance[] = [];

  before(async function () {
    this.timeout(600_000);
    performances = await play(chosen, await connect());
  });

  for (const [index, { name, steps }] of chosen.entries()) {
    it(name, () => {
      const performance = performances[index] as Performance;
      for (const failure of performance.failures) throw failure;
      assert.equal(performance.steps, steps.length, "not all steps were played");
    });
  }
});
