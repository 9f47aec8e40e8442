import assert from "node:assert/strict";
import { eventually, kubectl, script, succeeds } from "../support/cli";
import { counts } from "../support/counts";
import { flightsTruth } from "../support/flights-truth";
import { openKeycloak, serviceToken } from "../support/keycloak";
import { allPodsReady } from "../support/pods";
import { sql } from "../support/sql";

const NAMESPACE = "platform-data";

async function backUp(): Promise<void> {
  const { code, stderr } = await script("backup", "now");
  assert.equal(code, 0, stderr);
}

describe("a restore", () => {
  before(backUp);

  it("waits no longer than a minute for who uses a table, says so, and changes nothing", async () => {
    const hold = "BEGIN; SELECT 1 FROM flights LIMIT 1; SELECT pg_sleep(75)";
    const holder = sql("warehouse", hold).catch(() => "ended");
    const { code, stdout, stderr } = await script("restore", "--yes", "warehouse");
    assert.equal(code, 1, `${stdout}\n${stderr}`);
    assert.match(stderr, /lock timeout/);
    await holder;
    assert.deepEqual((await counts()).postgres, flightsTruth());
  });
});

describe("the loss of PostgreSQL's volume", () => {
  it("is told by make up, which leaves all as it is", async () => {
    await backUp();
    const ours = ["--namespace", NAMESPACE, "--selector", "cnpg.io/cluster", "--wait=false"];
    await kubectl("delete", "persistentvolumeclaims", ...ours);
    await kubectl("delete", "pods", ...ours, "--grace-period=0", "--force");
    const again = await eventually("what make up says", 300, async () => {
      const up = await script("up");
      return up.code === 0 ? undefined : up;
    });
    assert.match(again.stdout + again.stderr, /scripts\/restore --yes --anew/);
  }).timeout(600_000);

  it("is made good by one command: every row, every login", async () => {
    const { code, stdout, stderr } = await script("restore", "--yes", "--anew");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    const { postgres, ways } = await counts();
    assert.deepEqual(postgres, flightsTruth());
    for (const way of ["etl", "elt"]) assert.equal(ways[way]?.checksum, flightsTruth().checksum, way);
    const door = await openKeycloak();
    assert.ok((await serviceToken(door, "spark-job")).length > 0);
    door.close();
    await allPodsReady(300);
    await succeeds("pulumi", ["preview", "--expect-no-changes", "--stack", "dev"]);
  }).timeout(900_000);
});
