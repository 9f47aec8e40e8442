import { backupTable, momentOf, runBackup, withoutBackup } from "../lib/backups";
import { command, refuseUnknown, WrongUsage } from "../lib/command-line";
import { devEnvironment } from "../lib/dev-environment";
import { type Kubectl, kubectlOfDev } from "../lib/kubectl";
import { makeServerAnew } from "../lib/lost-objects";
import { platformEnvironment } from "../lib/platform-environment";
import { accessJobs } from "../lib/postgres-access";
import { Progress } from "../lib/progress";
import { jobFrom, logOf, randomSuffix, runJob } from "../lib/template-run";
import { updateStack } from "../lib/update-stack";

const STACK = "dev";

const HELP = `Usage: scripts/restore --yes [--at TIME] DATABASE...
       scripts/restore --yes [--at TIME] --anew

Replaces all that PostgreSQL's databases hold now by what a backup holds, in a short-lived Job inside the cluster. Each database is
replaced in one transaction: until it is done everybody sees what was there before, and where anything fails nothing has changed.
Rows are counted before that and must be as many as when the dump was made.

  --at TIME   the newest backup made at that time or before, such as 2026-11-21T03:00:00Z (UTC where it has no offset; default: the
              newest of all); see scripts/backup list
  --anew      all databases, after their server was lost: what is left of it is deleted, and it is made again first
  --yes       do it; without it nothing is done

What readers of a database may see is then made as the stack has it now, whatever it was when the dump was made.

Whoever uses a table meanwhile waits, and is waited for at most a minute. Programs that keep in memory what they have read
(Keycloak, FerretDB) are to be restarted after their database was restored: kubectl rollout restart.

Exit code 0: restored. 1: not restored; the last line says why. 2: wrong usage.
`;

const LINE = {
  name: "restore",
  help: HELP,
  options: { at: "text", anew: "flag", yes: "flag" },
  positionals: true,
} as const;

export const main = command(LINE, async ({ at: wanted, anew, yes }, named) => {
  const at = wanted === undefined ? undefined : momentOf(wanted);
  if (wanted !== undefined && at === undefined)
    throw new WrongUsage(`the time "${wanted}" cannot be read. Write it like 2026-11-21T03:00:00Z`);
  if (anew && named.length > 0) throw new WrongUsage("--anew is for all databases: name none beside it");
  if (!anew && named.length === 0)
    throw new WrongUsage("name a database, or say --anew for all of them and their server");
  const [twice] = named.filter((name, index) => named.indexOf(name) !== index);
  if (twice !== undefined) throw new WrongUsage(`${twice} is named twice`);
  const which = at === undefined ? "the newest backup" : `the newest backup from ${at} or before`;
  const known = Object.keys(devEnvironment().postgres.databases);
  refuseUnknown("database", named, known);
  const databases = anew ? known : named;
  if (!yes)
    throw new WrongUsage(
      `all that is in ${databases.join(", ")} now would be replaced by ${which}. Say --yes to do so`,
    );
  const kubectl = await kubectlOfDev();
  const steps = new Progress("restore", anew ? 3 : 1);
  if (anew) await serverAnew(kubectl, databases, at, steps);
  const args = [...(at === undefined ? [] : [`--at=${at}`]), ...databases];
  const { done, failures } = await steps.step(`${databases.join(", ")}: ${which}`, (step) =>
    runBackup(kubectl, "restore", args, step.update),
  );
  if (done.length > 0) console.log(backupTable(done).join("\n"));
  const unlet = await letReadersIn(
    kubectl,
    done.map(({ database }) => database),
  );
  const problems = [...failures, ...unlet.map((why) => `readers have the rights of then: ${why}. Repeat the restore.`)];
  for (const problem of problems) console.error(`restore: ${problem}`);
  return problems.length === 0 ? 0 : 1;
});

/** Makes the server of all databases anew, empty. Throws before it touches anything where a database has no backup to come back from. */
async function serverAnew(
  kubectl: Kubectl,
  databases: readonly string[],
  at: string | undefined,
  steps: Progress,
): Promise<void> {
  const { done: backups } = await steps.step("what backups there are", (step) =>
    runBackup(kubectl, "list", [], step.update),
  );
  const without = withoutBackup(backups, databases, at);
  if (without.length > 0)
    throw new Error(
      `${without.join(", ")} would be lost: there is no backup${at === undefined ? "" : ` from ${at} or before`}. ` +
        "Without one, only a platform without its data is left: make down PURGE=1, then make up.",
    );
  await steps.step("the server anew", async () => {
    const env = await platformEnvironment();
    await updateStack(STACK, env, console.error, () => makeServerAnew(STACK, env));
  });
}

/** Runs the Jobs again that say what readers of the databases may see; answers why some failed. */
async function letReadersIn(kubectl: Kubectl, databases: readonly string[]): Promise<string[]> {
  const selector = "app.kubernetes.io/name=postgres-access";
  const listed = await kubectl(["get", "jobs", "--all-namespaces", "--selector", selector, "--output=json"]);
  const failures: string[] = [];
  for (const template of accessJobs(JSON.parse(listed).items, databases)) {
    const job = jobFrom(template, randomSuffix());
    const failure = await runJob(
      kubectl,
      job,
      () => undefined,
      async (exitCode) =>
        exitCode === 0 ? undefined : `${job.metadata.name}: ${(await logOf(kubectl, job)).trim().split("\n").at(-1)}`,
    );
    if (failure !== undefined) failures.push(failure);
  }
  return failures;
}
