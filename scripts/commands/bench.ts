import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type EtlRun, etlByPlatform, etlBySubmit, forgetEtl, median } from "../lib/bench-etl";
import { machineUsage } from "../lib/bench-idle";
import { flatResources } from "../lib/bench-preview";
import { command, refuseUnknown } from "../lib/command-line";
import { type Kubectl, kubectlOfDev } from "../lib/kubectl";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { elapsed, Progress } from "../lib/progress";
import { type Finished, run } from "../lib/run";
import { configOfDev, givenContext } from "../lib/stack-file";
import { startPackages, startProgram } from "../lib/start-program";

const STARTS = 5;
const START_LIMIT = 2_000;
const PREVIEWS = 5;
const LIMIT_PERCENT = 25;
const LOADS = 3;
const LEAST_PERCENT = 80;

const IDLE_SECONDS = 60;
const IDLE_CORES = 1;
const IDLE_BYTES = 12 * 2 ** 30;

const HELP = `Usage: scripts/bench [start] [preview] [etl] [idle]

start     the dev stack's program on mocks against the import alone of the packages that it uses: ${STARTS} alternating runs, the
          shortest of each, since what else the machine does only adds. Fails where the program takes ${START_LIMIT} ms or more beyond.
preview   \`pulumi preview\` of the dev stack against a program that registers the very same resources (type, inputs, provider) flat,
          without components: ${PREVIEWS} alternating runs, the shortest of each. Both preview a new stack in a backend of their own. Fails
          where our program takes ${LIMIT_PERCENT} % or more above the flat one.
etl       rows a second of the ETL job by the operator against the same job by plain spark-submit in one process, both on the
          platform's Kafka and PostgreSQL: ${LOADS} alternating runs, medians, from the start of the Spark session to the end of the load.
          Fails where the platform reaches less than ${LEAST_PERCENT} %. Needs a running platform, and loads the schema \`etl\` anew.
idle      what this machine uses while nothing runs on the platform, whoever uses it, over ${IDLE_SECONDS} s. Fails above one core or 12 GiB.

Without an argument: start, preview, and etl where the platform of this clone is up. Exit code 1 where one fails.
`;

const BENCHES: Readonly<Record<string, () => Promise<boolean>>> = {
  start: benchStart,
  preview: benchPreview,
  etl: benchEtl,
  idle: benchIdle,
};

export const main = command({ name: "bench", help: HELP, positionals: true }, async (_, names) => {
  refuseUnknown("bench", names, Object.keys(BENCHES));
  const isUp = givenContext() !== undefined || existsSync(paths.kubeconfig);
  if (names.length === 0 && !isUp) console.log("bench: no platform is up (make up), so etl is not measured");
  const wanted = names.length > 0 ? names : ["start", "preview", ...(isUp ? ["etl"] : [])];
  let code = 0;
  for (const name of wanted) if ((await BENCHES[name]?.()) !== true) code = 1;
  return code;
});

async function benchStart(): Promise<boolean> {
  const times = { packages: [] as number[], program: [] as number[] };
  const time = async (start: () => Promise<Finished>) => {
    const since = performance.now();
    const { code, stdout, stderr } = await start();
    if (code !== 0) throw new Error(stderr.trim());
    return { milliseconds: performance.now() - since, stdout };
  };
  for (let index = 0; index < STARTS; index += 1) {
    times.packages.push((await time(startPackages)).milliseconds);
    const { milliseconds, stdout } = await time(() => startProgram(configOfDev()));
    if (!/^\d{3} resources/.test(stdout)) throw new Error(`The program registered next to nothing: ${stdout.trim()}`);
    times.program.push(milliseconds);
  }
  const [packages, program] = [Math.min(...times.packages), Math.min(...times.program)];
  console.log(`start of the dev program, shortest of ${STARTS} alternating runs`);
  console.log(`  packages alone  ${elapsed(packages)}\n  the program     ${elapsed(program)}`);
  return program - packages < START_LIMIT;
}

async function benchIdle(): Promise<boolean> {
  const { cores, bytes } = await new Progress("bench", 1).step(`this machine, ${IDLE_SECONDS} s`, () =>
    machineUsage(IDLE_SECONDS),
  );
  console.log(`in use: ${cores.toFixed(2)} cores, ${(bytes / 2 ** 30).toFixed(1)} GiB of memory`);
  return cores < IDLE_CORES && bytes < IDLE_BYTES;
}

async function benchPreview(): Promise<boolean> {
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
  for (let index = 0; index < PREVIEWS; index += 1) {
    times.ours.push(await time(ours));
    times.flat.push(await time(flat));
  }
  rmSync(folder, { recursive: true });
  const [own, other] = [Math.min(...times.ours), Math.min(...times.flat)];
  const percent = (own / other - 1) * 100;
  console.log(`pulumi preview of ${resources.length} resources, shortest of ${PREVIEWS} alternating runs`);
  console.log(
    `  the dev stack  ${elapsed(own)}\n  flat           ${elapsed(other)}\n  overhead       ${percent.toFixed(1)} %`,
  );
  return percent < LIMIT_PERCENT;
}

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

async function benchEtl(): Promise<boolean> {
  const kubectl = await kubectlOfDev();
  const progress = new Progress("bench", 2 * LOADS);
  const rates = { platform: [] as number[], submit: [] as number[] };
  const measure = async (what: string, load: (kubectl: Kubectl) => Promise<EtlRun>) => {
    await forgetEtl(kubectl);
    const { records, seconds } = await progress.step(
      what,
      () => load(kubectl),
      (run) => `${run.seconds} s`,
    );
    return records / seconds;
  };
  for (let index = 0; index < LOADS; index += 1) {
    rates.platform.push(await measure("ETL by the platform", etlByPlatform));
    rates.submit.push(await measure("ETL by spark-submit", etlBySubmit));
  }
  const [own, other] = [median(rates.platform), median(rates.submit)];
  const percent = (own / other) * 100;
  const rate = (value: number) => `${Math.round(value).toLocaleString("en-US").padStart(7)} rows/s`;
  console.log(`ETL, median of ${LOADS} alternating runs`);
  console.log(`  the platform  ${rate(own)}\n  spark-submit  ${rate(other)}\n  reached       ${percent.toFixed(0)} %`);
  return percent >= LEAST_PERCENT;
}
