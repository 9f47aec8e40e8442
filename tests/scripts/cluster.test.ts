import assert from "node:assert/strict";
import { main as cluster } from "../../scripts/commands/cluster";

describe("scripts/cluster where there is no cluster", () => {
  const real = { log: console.log, error: console.error };
  const instance = process.env["PLATFORM_INSTANCE"];
  let errors: string[] = [];
  beforeEach(() => {
    errors = [];
    console.log = () => assert.fail("standard output is for answers");
    console.error = (text) => errors.push(text);
    process.env["PLATFORM_INSTANCE"] = "never-started";
  });
  afterEach(() => {
    Object.assign(console, real);
    if (instance === undefined) delete process.env["PLATFORM_INSTANCE"];
    else process.env["PLATFORM_INSTANCE"] = instance;
  });

  for (const argv of [["logs"], ["logs", "etcd"], ["status"], ["login"]])
    it(`says so and what mends it for ${argv.join(" ")}`, async () => {
      assert.equal(await cluster(argv), 1);
      assert.match(errors.join(), /no platform-[0-9a-f]{6} on this machine.*make up/);
    });
});
