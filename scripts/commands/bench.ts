import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { flatResources, median } from "../lib/bench";
import { command } from "../lib/command-line";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { elapsed } from "../lib/progress";
import { run } from "../lib/run";

const RUNS = 5;
const LIMIT_PERCENT = 25;

const HELP = `Usage: scripts/bench

Times \`pulumi preview\` of the dev stack against a program that registers the very same resources (type, inputs, provider) flat,
without components: ${RUNS} alternating runs, medians. Both preview a new stack in a backend of their own. Exit code 1 where our
program takes ${LIMIT_PERCENT} % or more above the flat one.
`;

export const main = command({ name: "bench", help: HELP }, async () => {
  const folder = join(paths.platform, "bench");
  rmSync(folder, { recursive: true, force: true });
  const ours = makeProject(join(folder, "ours"), "platform", join(paths.root, "stacks", "main.cjs"));
  const flat = makeProject(join(folder, "flat"), "flat", join(paths.root, "scripts", "lib", "flat-program.cjs"));
  copyFileSync(join(paths.root, "Pulumi.dev.yaml"), join(ours, "Pulumi.bench.yaml"));
  const state = join(folder, "state");
  mkdirSync(state);
  const resourcesFile = join(folder, "resources.json");
  const env = {
    ...(await platformEnvironment()),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "only for measuring",
    PLATFORM_BENCH_RESOURCES: resourcesFile,
  };
  const pulumi = (cwd: string, ...args: string[]) => run("pulumi", [...args, "--stack", "bench"], { cwd, env });
  for (const cwd of [ours, flat]) await run("pulumi", ["stack", "init", "bench", "--no-select"], { cwd, env });
  const preview = JSON.parse(await pulumi(ours, "preview", "--json"));
  const resources = flatResources(preview.steps);
  writeFileSync(resourcesFile, JSON.stringify(resources));

  const times = { ours: [] as number[], flat: [] as number[] };
  const time = async (cwd: string) => {
    const since = performance.now();
    await pulumi(cwd, "preview", "--non-interactive");
    return performance.now() - since;
  };
  await time(flat); // as warm as ours is after the dump
  for (let index = 0; index < RUNS; index += 1) {
    times.ours.push(await time(ours));
    times.flat.push(await time(flat));
  }
  rmSync(folder, { recursive: true });
  const [own, other] = [median(times.ours), median(times.flat)];
  const percent = (own / other - 1) * 100;
  console.log(`pulumi preview of ${resources.length} resources, median of ${RUNS} alternating runs`);
  console.log(
    `  the dev stack  ${elapsed(own)}\n  flat           ${elapsed(other)}\n  overhead       ${percent.toFixed(1)} %`,
  );
  return percent < LIMIT_PERCENT ? 0 : 1;
});

/** A Pulumi project in a folder of its own that runs a program of the repository; answers the folder. */
function makeProject(folder: string, name: string, program: string): string {
  mkdirSync(folder, { recursive: true });
  const main = relative(folder, program);
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    `name: ${name}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: ${main}\n`,
  );
  return folder;
}
