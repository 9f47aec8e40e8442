import { existsSync } from "node:fs";
import { command } from "../lib/command-line";
import { devEnvironment } from "../lib/dev-environment";
import { countsIn, countsTable, documentCountsIn, withDocuments } from "../lib/flight-counts";
import { kubectlOfDev } from "../lib/kubectl";
import { paths } from "../lib/paths";
import { Progress } from "../lib/progress";
import { givenContext } from "../lib/stack-file";
import { runTemplate } from "../lib/template-run";

const NAMESPACE = "platform-pipelines";
/** FerretDB takes a minute of a core to read its documents back, which a busy machine has not always. */
const LIMIT_SECONDS = 900;

const HELP = `Usage: scripts/counts [--json]

Reads the flights back from Kafka, PostgreSQL and, where there is one, the document store, in short-lived Jobs inside the cluster, and
prints how many there are. Exit code 1 where they disagree.

  --json   one JSON object in place of the table
`;

export const main = command({ name: "counts", help: HELP, options: { json: "flag" } }, async ({ json }) => {
  if (givenContext() === undefined && !existsSync(paths.kubeconfig))
    throw new Error("there is no cluster to count in. Bring the platform up: make up");
  const kubectl = await kubectlOfDev();
  const { mongodb } = devEnvironment().services;
  const progress = new Progress("counts", mongodb ? 2 : 1);
  const read = async (what: string, template: string) => {
    const run = { namespace: NAMESPACE, template, limitSeconds: LIMIT_SECONDS };
    const { log } = await progress.step(`reading ${what} back`, (step) => runTemplate(kubectl, run, step.update));
    return log;
  };
  const [flights, documents] = await Promise.all([
    read("Kafka and PostgreSQL", "flights-counter"),
    mongodb ? read("the document store", "documents-counter") : undefined,
  ]);
  const own = countsIn(flights);
  const counts = documents === undefined ? own : withDocuments(own, documentCountsIn(documents));
  console.log(json ? JSON.stringify(counts) : countsTable(counts).join("\n"));
  for (const problem of counts.problems) console.error(`counts: ${problem}`);
  return counts.problems.length === 0 ? 0 : 1;
});
