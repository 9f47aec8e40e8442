import { join } from "node:path";
import { command, WrongUsage } from "../lib/command-line";
import { packDags, pushDags } from "../lib/dag-push";
import { kubectlOfDev } from "../lib/kubectl";
import { paths } from "../lib/paths";
import { Progress } from "../lib/progress";

const HELP = `Usage: scripts/dags push [--folder FOLDER] [--bundle NAME]

Brings DAGs to Airflow as one release, named by the commit. Inside the cluster each file is imported in Airflow's own image and checked:
cycles, and that pools, queues and connections are in the environment. Then the release is uploaded, and Airflow changes over to it at
once. Where anything is wrong, each problem is printed with file and line, the exit code is 1, and the bucket is as before.

  --folder   where the DAGs are (default: pipelines/dags). Changes that are not committed get a hash beside the commit's.
  --bundle   name of the bundle in environment/definition.ts (default: platform)
`;

const LINE = {
  name: "dags",
  help: HELP,
  options: { folder: "text", bundle: "text" },
  positionals: true,
} as const;

export const main = command(LINE, async ({ folder, bundle = "platform" }, [action, ...more]) => {
  if (action !== "push" || more.length > 0) throw new WrongUsage("say push");
  const kubectl = await kubectlOfDev();
  const release = await packDags(folder ?? join(paths.root, "pipelines", "dags"));
  const { succeeded, log } = await new Progress("dags", 1).step(`release ${release.name}`, (step) =>
    pushDags(kubectl, bundle, release, step.update),
  );
  if (succeeded) console.log(log.trim());
  else console.error(log.trim());
  return succeeded ? 0 : 1;
});
