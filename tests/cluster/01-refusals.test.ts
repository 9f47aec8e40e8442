import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { remains } from "../../offline/cluster/remains";
import { attempt, run } from "../../scripts/lib/run";
import { freePort } from "../support/free-port";
import { SecondCluster } from "./second-cluster";

describe("the one-node cluster refuses before it changes anything", () => {
  let cluster: SecondCluster;

  before(async () => {
    cluster = new SecondCluster(await freePort());
    await attempt("umount", ["--lazy", cluster.instance.dataDir]); // of a run that was killed while the disk was full
    await cluster.must("down", "--purge");
  });

  async function refusedNaming(...words: string[]): Promise<void> {
    const { code, stderr } = await cluster.command("up");
    assert.equal(code, 1);
    const lines = stderr.trimEnd().split("\n");
    assert.equal(lines.length, 1, stderr);
    for (const word of words) assert.ok(lines[0]?.includes(word), `"${word}" is not in: ${lines[0]}`);
    assert.deepEqual(await remains(cluster.instance), []);
  }

  it("a port in use, naming who uses it", async () => {
    const server = createServer().listen(cluster.instance.apiPort, "127.0.0.1");
    try {
      await refusedNaming(String(cluster.instance.apiPort), "PLATFORM_API_PORT", String(process.pid));
    } finally {
      server.close();
    }
    assert.ok(!existsSync(cluster.instance.dataDir));
  });

  it("a full disk, naming the folder", async () => {
    mkdirSync(cluster.instance.dataDir);
    await run("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", cluster.instance.dataDir]);
    try {
      const { code, stderr } = await cluster.command("up");
      assert.equal(code, 1);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
      assert.ok(stderr.includes(cluster.instance.dataDir));
    } finally {
      await run("umount", [cluster.instance.dataDir]);
      await cluster.must("down", "--purge");
    }
  });

  it("wrong usage, with exit code 2", async () => {
    for (const args of [[], ["sideways"], ["up", "now"], ["status", "--purge"], ["down", "--what"]])
      assert.equal((await cluster.command(...args)).code, 2, args.join(" "));
  });
});
