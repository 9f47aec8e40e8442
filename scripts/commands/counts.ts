import { existsSync } from "node:fs";
import { command } from "../lib/command-line";
import { countsIn, countsTable } from "../lib/flight-counts";
import { kubectlOfDev } from "../lib/kubectl";
import { paths } from "../lib/paths";
import { Progress } from "../lib/progress";
import { givenContext } from "../lib/stack-file";
import { runTemplate } from "../lib/template-run";

const HELP = `Usage: scripts/counts [--json]

Reads the flights back from Kafka and from PostgreSQL, where both data ways leave them too, in a short-lived Job inside the cluster,
and prints how many there are. Exit code 1 where they disagree.

  --json   one JSON object in place of the table
`;

export const main = command({ name: "counts", help: HELP, options: { json: "flag" } }, async ({ json }) => {
  if (givenContext() === undefined && !existsSync(paths.kubeconfig))
    throw new Error("there is no cluster to count in. Bring the platform up: make up");
  const kubectl = await kubectlOfDev();
  const run = { namespace: "platform-pipelines", template: "flights-counter" };
  const { log } = await new Progress("counts", 1).step("reading Kafka and PostgreSQL back", (step) =>
    runTemplate(kubectl, run, step.update),
  );
  const counts = countsIn(log);
  console.log(json ? JSON.stringify(counts) : countsTable(counts).join("\n"));
  for (const problem of counts.problems) console.error(`counts: ${problem}`);
  return counts.problems.length === 0 ? 0 : 1;
});
