import { statSync } from "node:fs";
import { join } from "node:path";
import { command, WrongUsage } from "../lib/command-line";
import { packDags, pushDags, refusal, releasedDags } from "../lib/dag-push";
import { onceMore, runDag, runsOf } from "../lib/dag-runs";
import { devEnvironment } from "../lib/dev-environment";
import { kubectlOfDev } from "../lib/kubectl";
import { paths } from "../lib/paths";
import { Progress } from "../lib/progress";
import { randomSuffix } from "../lib/template-run";

const HELP = `Usage: scripts/dags push [--folder FOLDER] [--bundle NAME]
       scripts/dags run [--once NAME] DAG...

push brings DAGs to Airflow as one release, named by the commit and a hash of its content. Inside the cluster each file
is imported in Airflow's own image and checked: cycles, and that pools, queues and connections are in the environment.
A folder without any DAG is refused, since it would take all DAGs away. Then the release is uploaded, and Airflow changes
over to it at once. Where anything is wrong, each problem is printed with file and line, the exit code is 1, and the
bucket is as before.

  --folder   where the DAGs are (default: pipelines/dags). What Git ignores stays behind.
  --bundle   name of the bundle in environment/definition.ts (default: platform)

run starts DAGs, side by side, and follows each to its end. Exit code 1 where one fails.

  --once     what to call the run: where one of that name has succeeded, nothing is done; one that goes on is followed
`;

const LINE = {
  name: "dags",
  help: HELP,
  options: { folder: "text", bundle: "text", once: "text" },
  positionals: true,
} as const;

export const main = command(LINE, async ({ folder, bundle, once }, [action, ...dags]) => {
  if (action !== "push" && (folder !== undefined || bundle !== undefined))
    throw new WrongUsage("--folder and --bundle belong to push");
  if (action !== "run" && once !== undefined) throw new WrongUsage("--once belongs to run");
  if (once === "") throw new WrongUsage("--once is empty; say what to call the run");
  if (action === "push" && dags.length > 0) throw new WrongUsage("push takes no DAG: it brings the whole folder");
  if (dags.includes("")) throw new WrongUsage("the name of a DAG is empty");
  if (action === "push") return push(folder, bundle);
  if (action === "run" && dags.length > 0) return run(dags, once);
  throw new WrongUsage("say push, or run and at least one DAG");
});

async function push(folder = join(paths.root, "pipelines", "dags"), bundle = "platform"): Promise<number> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new WrongUsage(`there is no folder "${folder}"`);
  const { dagBundles } = devEnvironment().airflow;
  const where = dagBundles[bundle];
  if (where === undefined)
    throw new WrongUsage(`there is no bundle "${bundle}"; there are: ${Object.keys(dagBundles).join(", ")}`);
  const release = await packDags(folder);
  const kubectl = await kubectlOfDev();
  if ((await releasedDags(kubectl, where)) === release.name) {
    console.log(`dags: ${release.name} is what Airflow has.`);
    return 0;
  }
  const { succeeded, log } = await new Progress("dags", 1).step(`release ${release.name}`, async (step) => {
    const outcome = await pushDags(kubectl, bundle, release, step.update);
    if (!outcome.succeeded) step.failed();
    return outcome;
  });
  if (succeeded) console.log(log.trim());
  else console.error(refusal(folder, log));
  return succeeded ? 0 : 1;
}

async function run(dags: readonly string[], once: string | undefined): Promise<number> {
  const kubectl = await kubectlOfDev();
  const progress = new Progress("dags", dags.length);
  const results = await Promise.allSettled(
    dags.map(async (dag) => {
      const name = once === undefined ? `run-${randomSuffix()}` : onceMore(await runsOf(kubectl, dag, once), once);
      await progress.step(
        dag,
        async (step) => (name === undefined ? undefined : runDag(kubectl, dag, name, step)),
        () => name ?? "has run already",
      );
    }),
  );
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  if (failures.length > 0) throw new Error([...new Set(failures.map(({ message }) => message))].join("\n"));
  return 0;
}
