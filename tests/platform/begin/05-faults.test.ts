import assert from "node:assert/strict";
import { eventually, get } from "../../support/cli";
import { counts } from "../../support/counts";
import { flightsTruth } from "../../support/flights-truth";
import { finished, startAgain } from "../../support/jobs";
import { killContainer } from "../../support/kill-container";
import { sql } from "../../support/sql";

const DATA = "platform-data";

/** What dies in the middle of a load: the container of the pods that the labels select. */
const VICTIMS = [
  {
    what: "the Kafka broker",
    name: "fault-kafka",
    namespace: DATA,
    labels: "app.kubernetes.io/name=kafka",
    container: "kafka",
  },
  {
    what: "the PostgreSQL primary",
    name: "fault-postgres",
    namespace: DATA,
    labels: "cnpg.io/instanceRole=primary",
    container: "postgres",
  },
  {
    what: "the loading job",
    name: "fault-loader",
    namespace: "platform-pipelines",
    labels: "job-name=fault-loader",
    container: "pipeline",
  },
] as const;

describe("kill -9 in the middle of a load", () => {
  for (const { what, name, namespace, labels, container } of VICTIMS)
    it(`of ${what} loses and doubles nothing`, async () => {
      await emptyWarehouse();
      await startAgain("flights-loader", name);
      await eventually("the first rows", 120, async () => ((await rows()) > 0 ? true : undefined));
      await killContainer(namespace, labels, container);
      await finished(name, 300);
      const { kafka, postgres } = await counts();
      const truth = flightsTruth();
      assert.equal(kafka.keys, truth.rows);
      assert.deepEqual(
        { rows: postgres.rows, origins: postgres.origins, carriers: postgres.carriers, checksum: postgres.checksum },
        { rows: truth.rows, origins: truth.origins, carriers: truth.carriers, checksum: truth.checksum },
      );
    });

  it("leaves every server ready again", () =>
    eventually("ready pods", 120, async () => {
      const { items } = await get("pods", "-n", DATA);
      const running = items.filter(({ status }) => status?.["phase"] === "Running");
      const ready = running.every(({ status }) => JSON.stringify(status).includes('"type":"Ready"'));
      return running.length > 0 && ready ? true : undefined;
    }));
});

/** As before the first load: positions back at the beginning of the topic. */
async function emptyWarehouse(): Promise<void> {
  await sql("warehouse", "TRUNCATE flights; UPDATE flights_positions SET next_offset = 0");
  assert.equal(await rows(), 0);
}

async function rows(): Promise<number> {
  return Number(await sql("warehouse", "SELECT count(*) FROM flights"));
}
