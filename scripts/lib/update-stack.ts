import { join } from "node:path";
import { recoverInterrupted } from "./interrupted";
import { withLock } from "./lock";
import { forgetLostObjects } from "./lost-objects";
import { paths } from "./paths";
import { passThrough } from "./run";
import { ensureStack } from "./stack";

/**
 * `pulumi up` of a stack; answers its exit code. Waits for one of this checkout that goes on, mends what an interrupted one has left,
 * and makes again what the cluster has lost. `env`: that of the CLI.
 */
export async function updateStack(stack: string, env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<number> {
  const wait = ({ pid }: { pid: number }) => say(`waiting for process ${pid}, which updates the stack just now`);
  return withLock(join(paths.platform, "up.lock"), wait, async () => {
    await ensureStack(stack);
    await recoverInterrupted(stack, env, say);
    await forgetLostObjects(stack, env, say);
    return passThrough("pulumi", ["up", "--yes", "--skip-preview", "--stack", stack], { cwd: paths.root, env });
  });
}
