import { stripVTControlCharacters } from "node:util";
import { command, WrongUsage } from "../lib/command-line";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { colour, elapsed } from "../lib/progress";
import { attempt } from "../lib/run";
import { type Counts, countsOf, STAGES, type StageCommand, WHOLE } from "../lib/test-stages";

const LIMIT_MINUTES = 80;

const HELP = `Usage: scripts/test [STAGE...]

Runs the tests, the whole or the stages that are named, in this order:

${Object.entries(STAGES)
  .map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`)
  .join("\n")}

\`npm test\` runs checks and units. Prints the time of each stage; more than ${LIMIT_MINUTES} minutes in all is a failure.
The first stage that fails ends the run with exit code 1.
`;

export const main = command({ name: "test", help: HELP, positionals: true }, async (_, stages) => {
  const unknown = stages.filter((name) => !Object.hasOwn(STAGES, name));
  if (unknown.length > 0)
    throw new WrongUsage(`there is no stage ${unknown.join(", ")}. Stages: ${Object.keys(STAGES).join(", ")}.`);
  return runStages(stages.length === 0 ? WHOLE : stages);
});

async function runStages(names: readonly string[]): Promise<number> {
  const started = Date.now();
  const times: string[] = [];
  let passed = 0;
  let failed = 0;
  let broken: string | undefined;
  for (const name of names) {
    const since = Date.now();
    for (const command of STAGES[name]?.commands ?? []) {
      const shown = [command.command, ...command.args].join(" ");
      console.log(colour("bold", `\n== ${name}: ${shown}`));
      const result = await runCommand(command);
      passed += result.passed;
      failed += result.failed;
      if (result.code === 0 && isMocha(command) && result.passed === 0) {
        console.error("test: mocha ended without a result; it was stopped.");
        result.code = 1;
      }
      if (result.code !== 0) {
        broken = shown;
        if (result.failed === 0) failed += 1;
        break;
      }
    }
    times.push(`  ${name.padEnd(8)} ${elapsed(Date.now() - since)}`);
    if (broken !== undefined) break;
  }
  const minutes = (Date.now() - started) / 60_000;
  console.log(`\nTime of each stage:\n${times.join("\n")}\n  in all   ${elapsed(Date.now() - started)}`);
  if (broken !== undefined) console.error(`test: ${broken} failed.`);
  if (minutes > LIMIT_MINUTES) {
    console.error(`test: the whole run took more than ${LIMIT_MINUTES} minutes; move what is too long to the soak.`);
    failed += 1;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Stopped by a signal, mocha ends with 0 and says nothing. */
function isMocha({ command }: StageCommand): boolean {
  return command.endsWith("/mocha");
}

async function runCommand({ command, args }: StageCommand): Promise<Counts & { code: number }> {
  let passed = 0;
  let failed = 0;
  const { code } = await attempt(`${paths.root}/${command}`, args, {
    cwd: paths.root,
    env: await platformEnvironment(),
    onLine: (line) => {
      console.log(line);
      const counts = countsOf(stripVTControlCharacters(line));
      passed += counts.passed;
      failed += counts.failed;
    },
  });
  return { code, passed, failed };
}
