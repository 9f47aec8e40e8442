import assert from "node:assert/strict";
import { scaledAway } from "../../scripts/lib/scaled-away";

const workload = (id: string, replicas?: number) => ({
  urn: `urn:${id}`,
  type: "kubernetes:apps/v1:Deployment",
  id,
  inputs: { spec: replicas === undefined ? {} : { replicas } },
});
const RESOURCES = [workload("a/web", 2), workload("a/workers"), workload("a/off", 0), workload("b/web", 1)];

describe("what somebody has scaled to nothing", () => {
  it("is what the state has replicas of, and not what an autoscaler scales", async () => {
    const listed = ["a   web   0", "a   workers   0", "a   off   0", "b   web   1"].join("\n");
    assert.deepEqual(await scaledAway(async () => listed, "dev", RESOURCES), ["a/web"]);
  });

  it("is nothing where nothing runs yet", async () =>
    assert.deepEqual(await scaledAway(async () => "", "dev", RESOURCES), []));
});
