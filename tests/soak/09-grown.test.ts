import assert from "node:assert/strict";
import { kubectl, script, succeeds } from "../support/cli";
import { counts } from "../support/counts";
import { makeSmall, makeWhole } from "../support/small-platform";

/** Seconds that a `make up` may take where the machine is slow. */
const UP_SECONDS = 600;

/** Airflow's command-line client; a variable is encrypted by the key that must outlive the service. */
const variables = (...args: string[]) =>
  kubectl(
    "exec",
    "-n",
    "platform-airflow",
    "deployment/airflow-api-server",
    "-c",
    "airflow",
    "--",
    "airflow",
    "variables",
    ...args,
  );

async function up(): Promise<void> {
  const { code, stdout, stderr } = await script("up");
  assert.equal(code, 0, `${stdout}\n${stderr}`);
}

describe("services that are switched on and off", () => {
  after(makeWhole);

  it("come to what is there, and its data stays", async () => {
    const { kafka, postgres } = await counts();
    await up();
    const whole = await counts();
    assert.deepEqual(whole.problems, []);
    assert.deepEqual({ kafka: whole.kafka, postgres: whole.postgres }, { kafka, postgres });
    await succeeds("pulumi", ["up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev"]);
  });

  it("find what they had when they come back", async () => {
    await variables("set", "kept", "what somebody wrote");
    const before = await counts();
    makeSmall();
    await up();
    makeWhole();
    await up();
    assert.match(await variables("get", "kept"), /^what somebody wrote$/m);
    assert.deepEqual(await counts(), before);
    await variables("delete", "kept");
  }).timeout(2 * UP_SECONDS * 1000);
});
