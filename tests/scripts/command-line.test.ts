import assert from "node:assert/strict";
import { command, WrongUsage } from "../../scripts/lib/command-line";

const HELP = "Usage: scripts/greet [--loud] [--to NAME] [GREETING]";
const OPTIONS = { loud: "flag", to: "text" } as const;

describe("the command line of a command", () => {
  const real = { log: console.log, error: console.error };
  let printed: { log: string[]; error: string[] };
  beforeEach(() => {
    printed = { log: [], error: [] };
    console.log = (text) => printed.log.push(text);
    console.error = (text) => printed.error.push(text);
  });
  afterEach(() => Object.assign(console, real));

  const greet = command(
    { name: "greet", help: HELP, options: OPTIONS, positionals: true },
    async ({ loud, to }, [greeting = "hello"]) => {
      if (greeting === "bye") throw new WrongUsage("greet says no farewells");
      if (greeting === "fail") throw new Error("out of breath");
      console.log([loud, to, greeting].join(" "));
      return to === undefined ? 1 : 0;
    },
  );

  it("gives what was said and answers the exit code of the work", async () => {
    assert.equal(await greet([]), 1);
    assert.equal(await greet(["--to", "you", "ahoy", "--loud"]), 0);
    assert.deepEqual(printed, { log: ["false  hello", "true you ahoy"], error: [] });
  });

  for (const option of ["--help", "-h"])
    it(`prints the help for ${option} and does nothing`, async () => {
      assert.equal(await greet([option, "bye"]), 0);
      assert.deepEqual(printed, { log: [HELP], error: [] });
    });

  const strict = command({ name: "strict", help: HELP }, async () => 0);
  const wrong: [string, (argv: string[]) => Promise<number>, string[], string][] = [
    ["an option that there is not", greet, ["--quiet"], "--quiet"],
    ["an option without its value", greet, ["--to"], "--to"],
    ["a value for a flag", greet, ["--loud=very"], "--loud"],
    ["an argument where none is taken", strict, ["ahoy"], "ahoy"],
    ["what the work refuses", greet, ["bye"], "greet: greet says no farewells"],
  ];
  for (const [what, main, argv, message] of wrong)
    it(`refuses ${what} with a message and the help`, async () => {
      assert.equal(await main(argv), 2);
      assert.deepEqual(printed.log, []);
      assert.equal(printed.error.length, 1);
      assert.ok(printed.error[0]?.includes(message) && printed.error[0].endsWith(`\n\n${HELP}`), printed.error[0]);
    });

  it("lets a failure through", async () => {
    await assert.rejects(greet(["fail"]), /out of breath/);
  });
});
