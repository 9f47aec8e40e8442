import assert from "node:assert/strict";
import { eventually } from "../../support/cli";
import { counts } from "../../support/counts";
import { flightsTruth } from "../../support/flights-truth";
import { finished, startAgain } from "../../support/jobs";
import { killContainer } from "../../support/kill-container";
import { allPodsReady } from "../../support/pods";
import { sql } from "../../support/sql";

const DATA = "platform-data";

const LOADER = "flights-loader-of-faults";

/** What dies in the middle of a load: the container of the pods that the labels select. */
const VICTIMS = [
  { namespace: "platform-pipelines", labels: `job-name=${LOADER}`, container: "pipeline" },
  { namespace: DATA, labels: "app.kubernetes.io/name=kafka", container: "kafka" },
  { namespace: DATA, labels: "cnpg.io/instanceRole=primary", container: "postgres" },
] as const;

describe("kill -9 of the loader, then the Kafka broker, then the PostgreSQL primary, each in the middle of a load", () => {
  it("loses and doubles nothing", async () => {
    await emptyWarehouse();
    await startAgain("flights-loader", LOADER);
    for (const { namespace, labels, container } of VICTIMS) {
      const before = await rows();
      await eventually("further rows", 180, async () => ((await rows()) > before ? true : undefined));
      await killContainer(namespace, labels, container);
    }
    const left =
      flightsTruth().rows - (await eventually("an answer of PostgreSQL", 120, () => rows().catch(() => undefined)));
    assert.ok(left > 0, "all was loaded before the last of them died: the test would prove nothing");
    await finished(LOADER, 300);
    const { kafka, postgres } = await counts();
    const truth = flightsTruth();
    assert.equal(kafka.keys, truth.rows);
    assert.deepEqual(
      { rows: postgres.rows, origins: postgres.origins, carriers: postgres.carriers, checksum: postgres.checksum },
      { rows: truth.rows, origins: truth.origins, carriers: truth.carriers, checksum: truth.checksum },
    );
  });

  it("leaves every server ready again", () => allPodsReady(120, ["--namespace", DATA]));
});

/** As before the first load: positions back at the beginning of the topic. */
async function emptyWarehouse(): Promise<void> {
  await sql("warehouse", "TRUNCATE flights; UPDATE flights_positions SET next_offset = 0");
  assert.equal(await rows(), 0);
}

async function rows(): Promise<number> {
  return Number(await sql("warehouse", "SELECT count(*) FROM flights"));
}
