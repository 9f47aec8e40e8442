import { backupTable, runBackup } from "../lib/backups";
import { command, refuseUnknown, WrongUsage } from "../lib/command-line";
import { devEnvironment } from "../lib/dev-environment";
import { kubectlOfDev } from "../lib/kubectl";
import { Progress } from "../lib/progress";

const HELP = `Usage: scripts/backup now [DATABASE]...
       scripts/backup list [DATABASE]...

Backups of PostgreSQL's databases, in a short-lived Job inside the cluster. Besides, they are made at the times that \`backups\` of
environment/definition.ts says, and kept as long as it says.

  now    dumps the databases into the bucket; without names: all. Each dump is one snapshot, and says how many rows it holds
  list   says which backups there are; scripts/restore takes their times

Exit code 0: done. 1: something was not done; the last lines say what and why. 2: wrong usage.
`;

const ACTIONS = { now: "backup", list: "list" } as const;

export const main = command({ name: "backup", help: HELP, positionals: true }, async (_, [name = "", ...databases]) => {
  if (name !== "now" && name !== "list") throw new WrongUsage("say one of: now, list");
  refuseUnknown("database", databases, Object.keys(devEnvironment().postgres.databases));
  const about = name === "now" ? `dumping ${databases.join(", ") || "all databases"}` : "reading the bucket";
  const kubectl = await kubectlOfDev();
  const { done, failures } = await new Progress("backup", 1).step(about, (step) =>
    runBackup(kubectl, ACTIONS[name], databases, step.update),
  );
  if (done.length > 0) console.log(backupTable(done).join("\n"));
  else if (failures.length === 0) console.log("There are no backups yet. Make some: scripts/backup now");
  for (const failure of failures) console.error(`backup: ${failure}`);
  return failures.length === 0 ? 0 : 1;
});
