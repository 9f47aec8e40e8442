import { parseArgs } from "node:util";
import { countsIn, countsTable } from "../lib/flight-counts";
import { kubectlOfDev } from "../lib/kubectl";
import { runPipeline } from "../lib/pipeline-run";
import { Progress } from "../lib/progress";

const WORKLOAD = "flights-counter";

const HELP = `Usage: scripts/counts [--json]

Reads the flights back from Kafka and PostgreSQL, in a short-lived Job inside the cluster, and prints how many there are.
Exit code 1 where the two disagree.

  --json   one JSON object in place of the table
`;

export async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { help: { type: "boolean", short: "h", default: false }, json: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const kubectl = await kubectlOfDev();
  const log = await new Progress("counts", 1).step("reading Kafka and PostgreSQL back", (step) =>
    runPipeline(kubectl, WORKLOAD, step.update),
  );
  const counts = countsIn(log);
  console.log(values.json ? JSON.stringify(counts) : countsTable(counts).join("\n"));
  for (const problem of counts.problems) console.error(`counts: ${problem}`);
  return counts.problems.length === 0 ? 0 : 1;
}
