import { build, isBuilt, locate } from "../../offline/tools/build";
import type { Mode } from "../../offline/tools/choice";
import { chosenPulumi } from "../../offline/tools/chosen";
import { neededGroups } from "../../offline/tools/groups";
import { installTools } from "../../offline/tools/install";
import { installTwins } from "../../offline/tools/plugins";
import { chooseCluster } from "../lib/cluster-choice";
import { observeCluster } from "../lib/cluster-facts";
import { command, WrongUsage } from "../lib/command-line";
import { elapsed, Progress } from "../lib/progress";

const HELP = `Usage: scripts/setup-tools [--choose official|twin]

Makes Pulumi and the programs of the one-node cluster ready: the official Pulumi where it is installed or can be
downloaded, else one built from pinned Go modules, with twins of its plugins. Built once and kept in a cache; the choice
is made once and recorded in .platform/choice.json.

  --choose official|twin   change the choice
`;

export const main = command({ name: "setup-tools", help: HELP, options: { choose: "text" } }, async ({ choose }) => {
  if (choose !== undefined && choose !== "official" && choose !== "twin")
    throw new WrongUsage(`--choose takes "official" or "twin", not "${choose}".`);
  await setUp(choose);
  return 0;
});

async function setUp(choose: Mode | undefined): Promise<void> {
  const since = Date.now();
  const [choice, facts] = await Promise.all([chosenPulumi(choose), observeCluster()]);
  const cluster = chooseCluster(facts);
  console.log(
    `setup-tools: Pulumi: ${choice.mode} (${choice.by === "command" ? "chosen by you" : choice.reasons.join("; ")})`,
  );
  console.log(`setup-tools: Kubernetes: ${cluster.cluster} (${cluster.why})`);

  const groups = neededGroups({ twins: choice.mode === "twin", oneNode: cluster.cluster === "one-node" });
  const located = await locate(groups);
  const missing = located.filter((each) => !isBuilt(each));
  if (missing.length > 0) {
    console.log(`setup-tools: building ${missing.map(({ group }) => group.name).join(", ")}`);
    await build(missing, new Progress("tools", missing.length));
  }
  installTools(located, choice);
  const twins = choice.mode === "twin" ? await installTwins() : [];
  const built = [...missing.map(({ group }) => group.name), ...twins.map((name) => `twin ${name}`)];
  const done = built.length === 0 ? "everything was there" : `made ${built.join(", ")}`;
  console.log(`setup-tools: ${done} (${elapsed(Date.now() - since)})`);
}
