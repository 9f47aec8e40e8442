// Entry of every scripts/NAME: loads scripts/commands/NAME.ts, whose `main(argv)` answers the exit code.
const path = require("node:path");
const { load } = require("./typescript.cjs");

const [name, ...argv] = process.argv.slice(2);
const { main } = load(path.join(__dirname, "..", "commands", `${name}.ts`));

Promise.resolve(main(argv)).then(
  (code) => {
    process.exitCode = code ?? 0;
  },
  (error) => {
    console.error(process.env.PLATFORM_DEBUG ? error : `${name}: ${error.message}`);
    process.exitCode = 1;
  },
);
