import { existsSync } from "node:fs";
import { join } from "node:path";
import { chooseCluster } from "../lib/cluster-choice";
import { observeCluster } from "../lib/cluster-facts";
import { command } from "../lib/command-line";
import { KIND_NODE } from "../lib/kind";
import { paths } from "../lib/paths";
import { platformEnvironment } from "../lib/platform-environment";
import { passThrough } from "../lib/run";
import { shownBackend } from "../lib/shown-url";
import { forgetStack, hasStack } from "../lib/stack";
import { cancelDeadLocks } from "../lib/stack-locks";
import { aloneWithStack, updateStack } from "../lib/update-stack";

const HELP = `Usage: scripts/down [--purge]

Stops the Kubernetes that \`make up\` started. Its data stays for the next \`make up\`, and so do the caches of tools and images.
A cluster of your own (platform:kubeContext) is left as it is; --purge takes the platform out of it.

  --purge   also delete the data and the stack's state; waits for an update that runs, and leaves all as it is where a plain
            pulumi is at work on the stack
`;

const STACK = "dev";

export const main = command({ name: "down", help: HELP, options: { purge: "flag" } }, async ({ purge }) => {
  const env = await platformEnvironment();
  const choice = chooseCluster(await observeCluster());
  const here = { cwd: paths.root, env };
  if (choice.cluster === "context") {
    const code = purge ? await takeOut(env) : 0;
    if (!purge)
      console.log(
        `down: the cluster of the context "${choice.context}" is yours and goes on. --purge takes the platform out.`,
      );
    // One from before the context was set would be nobody's.
    const remains = [paths.runDir, ...(purge ? [paths.nodeData] : [])].some((folder) => existsSync(folder));
    return code === 0 && remains ? passThrough(...endOfNode(purge), here) : code;
  }
  const [program, args] = choice.cluster === "kind" ? endOfKind(purge) : endOfNode(purge);
  const end = () => passThrough(program, args, here);
  return purge && choice.cluster !== "none" ? withState(env, end) : end();
});

/** Takes the platform and its state out of a cluster that stays. */
async function takeOut(env: NodeJS.ProcessEnv): Promise<number> {
  if (!(await hasStack(STACK, env))) {
    console.log(`down: ${shownBackend(env)} has no stack "${STACK}" to take out.`);
    return 0;
  }
  const destroy = () => passThrough("pulumi", ["destroy", "--yes", "--stack", STACK], { cwd: paths.root, env });
  return updateStack(STACK, env, say, () => thenForget(env, destroy));
}

/** Ends a cluster, and with it the state of what was in it: one that still names that would mislead the next `up`. */
async function withState(env: NodeJS.ProcessEnv, end: () => Promise<number>): Promise<number> {
  if (!existsSync(join(paths.bin, "pulumi"))) return end(); // without it no state can be taken away
  return aloneWithStack(say, async () => {
    cancelDeadLocks(STACK, env, say);
    return thenForget(env, end);
  });
}

async function thenForget(env: NodeJS.ProcessEnv, end: () => Promise<number>): Promise<number> {
  const code = await end();
  if (code === 0) await forgetStack(STACK, env);
  return code;
}

const say = (line: string) => console.log(`down: ${line}`);

type Program = readonly [program: string, args: readonly string[]];

function endOfKind(purge: boolean): Program {
  return purge ? ["kind", ["delete", "cluster", "--name", "platform"]] : ["docker", ["stop", KIND_NODE]];
}

function endOfNode(purge: boolean): Program {
  return [join(paths.root, "scripts", "cluster"), ["down", ...(purge ? ["--purge"] : [])]];
}
