import assert from "node:assert/strict";
import { PlatformDoors, type PlatformDoorsArgs } from "../../components/platform-doors";
import { TYPES } from "../../components/types";
import { assertWellFormed, recordComponent } from "./recorded";

const DOOR = { namespace: "platform-data", selector: { "cnpg.io/instanceRole": "primary" }, port: 5432 };
const build = (doors: PlatformDoorsArgs["doors"]) =>
  recordComponent((opts) => new PlatformDoors("doors", { doors }, opts));

describe("PlatformDoors", () => {
  it("is one tree on the given providers", async () => {
    assertWellFormed(await build({ postgres: DOOR }), TYPES.platformDoors, "doors");
  });

  for (const [what, door, type] of [
    ["a port of every node where it is told one", { ...DOOR, nodePort: 30_432 }, "NodePort"],
    ["a load balancer else", DOOR, "LoadBalancer"],
  ] as const)
    it(`leads to the pods by ${what}`, async () => {
      const { inputs } = (await build({ postgres: door })).find("kubernetes:core/v1:Service", "-postgres");
      const spec = inputs["spec"] as { type: string; selector: object; ports: { nodePort?: number }[] };
      assert.equal(spec.type, type);
      assert.deepEqual(spec.selector, DOOR.selector);
      assert.equal(spec.ports[0]?.nodePort, "nodePort" in door ? door.nodePort : undefined);
    });
});
