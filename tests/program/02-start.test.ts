import assert from "node:assert/strict";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/run";
import { sdkConfig } from "../support/stack-config";

const ROUNDS = 3;

/** Milliseconds that the program may take beyond the import of the packages that it uses. */
const LIMIT = 2_000;

describe("the start of the dev program", () => {
  it("takes less than 2 s beyond the import of the SDK", async () => {
    const time = async (...args: string[]) => {
      const since = performance.now();
      const output = await run(process.execPath, [join(__dirname, "start.cjs"), ...args], { cwd: paths.root });
      return { output, milliseconds: performance.now() - since };
    };
    const imports: number[] = [];
    const programs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      imports.push((await time()).milliseconds);
      const { output, milliseconds } = await time("program", JSON.stringify(sdkConfig("dev")));
      assert.match(output, /^\d{3} resources/, "the program registered next to nothing");
      programs.push(milliseconds);
    }
    // What else the machine does only adds to it.
    const [sdk, all] = [Math.min(...imports), Math.min(...programs)];
    assert.ok(all - sdk < LIMIT, `import ${sdk.toFixed(0)} ms, with the program ${all.toFixed(0)} ms`);
  });
});
