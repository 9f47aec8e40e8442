import assert from "node:assert/strict";
import { script } from "../support/cli";
import { counts } from "../support/counts";
import { makeSmall, makeWhole } from "../support/small-platform";

/** Seconds in which `make up` must be through when nothing has to be built. */
const WARM_SECONDS = 240;

/** On what the test before has left. */
describe("make down", () => {
  before(makeSmall);
  after(makeWhole);

  it("keeps the data for the next make up, which takes less than four minutes", async () => {
    const before = await counts();
    const down = await script("down");
    assert.equal(down.code, 0, down.stderr);
    const started = Date.now();
    const up = await script("up");
    const seconds = (Date.now() - started) / 1000;
    assert.equal(up.code, 0, `${up.stdout}\n${up.stderr}`);
    assert.ok(seconds < WARM_SECONDS, `it took ${seconds.toFixed(0)} s`);
    assert.deepEqual(await counts(), before);
  });
});
