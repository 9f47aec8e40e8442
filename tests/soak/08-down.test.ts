import assert from "node:assert/strict";
import { script } from "../support/cli";
import { counts } from "../support/counts";
import { makeSmall, makeWhole } from "../support/small-platform";

/** On what the test before has left. */
describe("make down", () => {
  before(makeSmall);
  after(makeWhole);

  it("keeps the data for the next make up", async () => {
    const before = await counts();
    const down = await script("down");
    assert.equal(down.code, 0, down.stderr);
    const up = await script("up");
    assert.equal(up.code, 0, `${up.stdout}\n${up.stderr}`);
    assert.deepEqual(await counts(), before);
  });
});
