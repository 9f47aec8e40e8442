import assert from "node:assert/strict";
import { script, succeeds } from "../support/cli";
import { counts } from "../support/counts";

/** On the small platform that the tests before have left. */
describe("services that are switched on later", () => {
  it("come to what is there, and its data stays", async () => {
    const { kafka, postgres } = await counts();
    const { code, stdout, stderr } = await script("up");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    const whole = await counts();
    assert.deepEqual(whole.problems, []);
    assert.deepEqual({ kafka: whole.kafka, postgres: whole.postgres }, { kafka, postgres });
    await succeeds("pulumi", ["up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev"]);
  });
});
