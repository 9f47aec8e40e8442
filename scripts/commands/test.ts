import { stripVTControlCharacters } from "node:util";
import { chooseCluster } from "../lib/cluster-choice";
import { observeCluster } from "../lib/cluster-facts";
import { command, refuseUnknown } from "../lib/command-line";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { colour, elapsed } from "../lib/progress";
import { attempt } from "../lib/run";
import { type Counts, countsOf, failuresIn, STAGES, type StageCommand, WHOLE } from "../lib/test-stages";

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
  refuseUnknown("stage", stages, Object.keys(STAGES));
  const names = stages.length === 0 ? WHOLE : stages;
  if (names.includes("dev")) await refuseOthersCluster();
  return runStages(names);
});

/** Throws where the stage dev, which deletes the platform that it finds, would do that in a cluster that is not this clone's alone. */
async function refuseOthersCluster(): Promise<void> {
  const { cluster, why } = chooseCluster(await observeCluster());
  if (cluster === "one-node") return;
  const here = cluster === "none" ? "" : `; here ${why}`;
  const others = WHOLE.filter((name) => name !== "dev").join(" ");
  throw new Error(
    "the stage dev deletes the platform that it finds, and is for the one-node cluster alone (Linux, root, neither " +
      `platform:kubeContext nor kind)${here}. The others: scripts/test ${others}`,
  );
}

async function runStages(names: readonly string[]): Promise<number> {
  const started = Date.now();
  const times: string[] = [];
  let passed = 0;
  let failed = 0;
  let bad: Outcome[] = [];
  for (const name of names) {
    const since = Date.now();
    for (const step of STAGES[name]?.commands ?? []) {
      const commands = [step].flat();
      console.log(colour("bold", commands.map((command) => `\n== ${name}: ${shown(command)}`).join("")));
      const results = await Promise.all(commands.map((command) => runCommand(command, commands.length > 1)));
      for (const { counts } of results) {
        passed += counts.passed;
        failed += counts.failed;
      }
      bad = results.filter(({ code }) => code !== 0);
      failed += bad.filter(({ counts }) => counts.failed === 0).length;
      if (bad.length > 0) break;
    }
    times.push(`  ${name.padEnd(8)} ${elapsed(Date.now() - since)}`);
    if (bad.length > 0) break;
  }
  const minutes = (Date.now() - started) / 60_000;
  console.log(`\nTime of each stage:\n${times.join("\n")}\n  in all   ${elapsed(Date.now() - started)}`);
  for (const { command, lines } of bad)
    console.error(`\ntest: ${shown(command)} failed:\n${failuresIn(lines).join("\n")}`);
  if (minutes > LIMIT_MINUTES) {
    console.error(`test: the whole run took more than ${LIMIT_MINUTES} minutes; move what is too long to the soak.`);
    failed += 1;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

const shown = ({ command, args }: StageCommand): string => [command, ...args].join(" ");

interface Outcome {
  readonly command: StageCommand;
  readonly code: number;
  readonly counts: Counts;
  /** All that it printed, without colours. */
  readonly lines: readonly string[];
}

/** `beside`: others run at the same time, so each line says whose it is. */
async function runCommand(stage: StageCommand, beside: boolean): Promise<Outcome> {
  const { command, args } = stage;
  const whose = beside ? `${args.at(-1)?.split("/").at(-3)} | ` : "";
  const counts = { passed: 0, failed: 0 };
  const lines: string[] = [];
  const { code } = await attempt(`${paths.root}/${command}`, args, {
    cwd: paths.root,
    env: await platformEnvironment(),
    onLine: (line) => {
      console.log(`${whose}${line}`);
      const plain = stripVTControlCharacters(line);
      lines.push(plain);
      const { passed, failed } = countsOf(plain);
      counts.passed += passed;
      counts.failed += failed;
    },
  });
  // Stopped by a signal, mocha ends with 0 and says nothing.
  if (code === 0 && command.endsWith("/mocha") && counts.passed === 0) {
    lines.push("mocha ended without a result; it was stopped.");
    return { command: stage, code: 1, counts, lines };
  }
  return { command: stage, code, counts, lines };
}
