import assert from "node:assert/strict";
import { kubectl, script, tool } from "../../support/cli";
import { devEnvironment } from "../../support/dev-environment";
import { flightsTruth } from "../../support/flights-truth";
import { restartedPods, unreadyPods } from "../../support/pods";

describe("make up", () => {
  const changedFiles = async () => (await tool("git", ["status", "--porcelain"])).stdout;
  let before: string;

  it("a second time changes nothing, and counts the flights that are there", async () => {
    before = await changedFiles();
    const { code, stdout, stderr } = await script("up");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.match(stdout, /^Resources:\n +\d+ unchanged$/m);
    assert.match(stdout, new RegExp(`Kafka: distinct keys +${flightsTruth().rows.toLocaleString("en-US")}`));
  });

  it("leaves every pod ready, without a restart", async () => {
    assert.deepEqual(await unreadyPods(), []);
    assert.deepEqual(await restartedPods(), []);
  });

  it("makes the extensions that the databases ask for", async () => {
    const wanted = Object.entries(devEnvironment().postgres.databases).flatMap(([database, { extensions }]) =>
      extensions.map((extension) => ({ database, extension })),
    );
    assert.ok(wanted.length > 0, "no database asks for one: the test would prove nothing");
    for (const { database, extension } of wanted) {
      const query = "SELECT extname FROM pg_extension";
      const psql = ["-c", "postgres", "--", "psql", "-d", database, "-Atc", query];
      const there = await kubectl("exec", "-n", "platform-data", "postgres-1", ...psql);
      assert.ok(there.split("\n").includes(extension), `${extension} is not in ${database}`);
    }
  });

  it("leaves the files of the repository as they are", async () => assert.equal(await changedFiles(), before));
});
