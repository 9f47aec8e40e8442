import { join } from "node:path";
import { chosenPulumi } from "../../offline/tools/chosen";
import { addressesOf, addressTable } from "../lib/addresses";
import { chooseCluster } from "../lib/cluster-choice";
import { observeCluster } from "../lib/cluster-facts";
import { command } from "../lib/command-line";
import { devEnvironment } from "../lib/dev-environment";
import { gatewayForwardHint } from "../lib/gateway-access";
import { forgetLostObjects } from "../lib/lost-objects";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { colour, elapsed } from "../lib/progress";
import { attempt, passThrough } from "../lib/run";
import { configOfDev } from "../lib/stack-file";
import { startProgram } from "../lib/start-program";
import { updateStack } from "../lib/update-stack";

const STACK = "dev";

const HELP = `Usage: scripts/up [--force]

Brings the platform up on this machine: packages, tools and images where they are missing, Kubernetes,
\`pulumi up -s dev\` with the demo pipeline, the DAGs of pipelines/dags in place of whatever Airflow has, both data ways, and at
the end what arrived in Kafka and PostgreSQL. Safe to run again and after an interruption.

  --force   put back what somebody else changed behind Pulumi's back, whoever it belongs to now
`;

export const main = command({ name: "up", help: HELP, options: { force: "flag" } }, async ({ force }) => {
  const started = Date.now();
  const environment = devEnvironment();
  const { cluster, why } = chooseCluster(await observeCluster());
  if (cluster === "none") throw new Error(why);
  await step("packages", () => script("setup-auxiliaries"));
  // A backend that the chosen Pulumi cannot use is refused before tools and images are built.
  await chosenPulumi();
  await platformEnvironment();
  await step("tools and images", () => together(["setup-tools"], ["images", "build"], ["operators"]));
  await step("definition", check);
  await step("Kubernetes", () => script("setup-k8s"));
  await step("images into the cluster", () => script("images", "publish"));
  const env = { ...(await platformEnvironment()), ...(force ? { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" } : {}) };
  const say = (line: string) => console.log(`up: ${line}`);
  await step("pulumi up", () =>
    updateStack(STACK, env, say, async () => {
      await forgetLostObjects(STACK, { env, force, say });
      return passThrough(
        "pulumi",
        ["up", "--yes", "--skip-preview", ...(force ? ["--refresh"] : []), "--stack", STACK],
        { cwd: paths.root, env },
      );
    }),
  );
  const { airflow, spark, mongodb } = environment.services;
  await step("login to Kubernetes, DAGs", () =>
    together(
      // The API server can ask Keycloak for its keys only now that it is there.
      ...(cluster === "one-node" ? [["cluster", "login"]] : []),
      ...(airflow ? [["dags", "push"]] : []),
    ),
  );
  if (airflow && spark)
    await step("data ways", () =>
      script("dags", "run", "--once", "make-up", "flights_etl", ...(mongodb ? ["flights_elt"] : [])),
    );
  await step("what arrived", () => script("counts"));
  const forward = gatewayForwardHint(environment, chooseCluster(await observeCluster()));
  console.log(`\n${addressTable(addressesOf(environment)).join("\n")}`);
  if (forward !== undefined)
    console.log(`The cluster is yours; these addresses lead there while this runs:\n  ${forward}`);
  console.log(`\nThe platform is up (${elapsed(Date.now() - started)}). Next:
  eval "$(scripts/env)"      puts pulumi and kubectl on PATH
  pulumi stack output -s dev
  scripts/open SERVICE       the address of one, in the browser where there is one
  scripts/login [NAME]       who logs in there, and with what
  scripts/kubeconfig         a kubeconfig for people of the realm
  make trust                 lets this machine's browsers and SQL tools open the addresses
  make down                  stops it and keeps its data`);
  return 0;
});

async function step(name: string, work: () => Promise<number>): Promise<void> {
  const since = Date.now();
  console.log(colour("bold", `== ${name}`));
  const code = await work();
  if (code !== 0) throw new Error(`"${name}" failed; the reason is above. Mend it and run the same command again.`);
  console.log(`   ${name}: ${elapsed(Date.now() - since)}`);
}

/** Has the program refuse what it would refuse halfway, before anything is touched. */
async function check(): Promise<number> {
  const { code, stderr } = await startProgram(configOfDev());
  if (code !== 0) console.error(stderr.trimEnd());
  return code;
}

function script(name: string, ...args: string[]): Promise<number> {
  return passThrough(join(paths.root, "scripts", name), args);
}

/** Runs commands at the same time, their lines mixed; the first exit code that is not 0, else 0. One that fails does not stop the others. */
async function together(...commands: readonly string[][]): Promise<number> {
  let running = commands.length;
  const codes = await Promise.all(
    commands.map(async ([name = "", ...args]) => {
      const { code } = await attempt(join(paths.root, "scripts", name), args, { onLine: (line) => console.log(line) });
      running -= 1;
      if (code !== 0 && running > 0)
        console.log(`up: scripts/${name} failed; what runs beside it is brought to its end first, since that is kept`);
      return code;
    }),
  );
  return codes.find((code) => code !== 0) ?? 0;
}
