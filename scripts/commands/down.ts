import { existsSync } from "node:fs";
import { join } from "node:path";
import { chooseCluster } from "../lib/cluster-choice";
import { observeCluster } from "../lib/cluster-facts";
import { command } from "../lib/command-line";
import { KIND_NODE } from "../lib/kind";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { passThrough } from "../lib/run";
import { forgetStack } from "../lib/stack";

const HELP = `Usage: scripts/down [--purge]

Stops the Kubernetes that \`make up\` started. Its data stays for the next \`make up\`, and so do the caches of tools and images.
A cluster of your own (platform:kubeContext) is left as it is; --purge takes the platform out of it.

  --purge   also delete the data and the stack's state
`;

export const main = command({ name: "down", help: HELP, options: { purge: "flag" } }, async ({ purge }) => {
  const env = await platformEnvironment();
  const choice = chooseCluster(await observeCluster());
  if (choice.cluster === "context") {
    const code = purge
      ? await passThrough("pulumi", ["destroy", "--yes", "--stack", "dev"], { cwd: paths.root, env })
      : 0;
    if (!purge)
      console.log(
        `down: the cluster of the context "${choice.context}" is yours and goes on. --purge takes the platform out.`,
      );
    // One from before the context was set would be nobody's.
    const remains = [paths.runDir, ...(purge ? [paths.nodeData] : [])].some((folder) => existsSync(folder));
    return code === 0 && remains ? passThrough(...endOfNode(purge), { cwd: paths.root, env }) : code;
  }
  const [program, args] = choice.cluster === "kind" ? endOfKind(purge) : endOfNode(purge);
  const code = await passThrough(program, args, { cwd: paths.root, env });
  // The objects are gone with the cluster's data; a state that still names them would mislead the next `up`.
  if (code === 0 && purge && existsSync(join(paths.bin, "pulumi"))) await forgetStack("dev");
  return code;
});

type Program = readonly [program: string, args: readonly string[]];

function endOfKind(purge: boolean): Program {
  return purge ? ["kind", ["delete", "cluster", "--name", "platform"]] : ["docker", ["stop", KIND_NODE]];
}

function endOfNode(purge: boolean): Program {
  return [join(paths.root, "scripts", "cluster"), ["down", ...(purge ? ["--purge"] : [])]];
}
