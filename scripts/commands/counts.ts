import { command } from "../lib/command-line";
import { namespaceOf } from "../lib/dev-environment";
import { behindIn, countsIn, countsTable } from "../lib/flight-counts";
import { kubectlOfDev } from "../lib/kubectl";
import { Progress } from "../lib/progress";
import { runTemplate } from "../lib/template-run";

const HELP = `Usage: scripts/counts [--json]

Reads the flights back from Kafka and from PostgreSQL, where both data ways leave them too, in a short-lived Job inside the cluster,
and prints how many there are. Exit code 1 where they disagree. Who has not read the whole topic yet is named, and not compared.

  --json   one JSON object in place of the table
`;

export const main = command({ name: "counts", help: HELP, options: { json: "flag" } }, async ({ json }) => {
  const kubectl = await kubectlOfDev();
  const run = { namespace: namespaceOf("flights-counter"), template: "flights-counter" };
  const { log } = await new Progress("counts", 1).step("reading Kafka and PostgreSQL back", (step) =>
    runTemplate(kubectl, run, step.update),
  );
  const counts = countsIn(log);
  console.log(json ? JSON.stringify(counts) : countsTable(counts).join("\n"));
  for (const line of behindIn(counts)) console.error(`counts: ${line}`);
  for (const problem of counts.problems) console.error(`counts: ${problem}`);
  return counts.problems.length === 0 ? 0 : 1;
});
