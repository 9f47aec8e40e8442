import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { paths } from "../../../scripts/lib/paths";
import { script, succeeds } from "../../support/cli";

describe("make down", () => {
  it("forgets cluster, data and state where it is told to", async () => {
    const { code, stderr } = await script("down", "--purge");
    assert.equal(code, 0, stderr);
    assert.ok(!existsSync(paths.nodeData), `${paths.nodeData} is still there`);
    assert.deepEqual(JSON.parse(await succeeds("pulumi", ["stack", "ls", "--json"])), []);
  });
});
