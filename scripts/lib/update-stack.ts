import { join } from "node:path";
import { recoverInterrupted } from "./interrupted";
import { withLock } from "./lock";
import { refuseWrongPassphrase } from "./passphrase";
import { paths } from "./paths";
import { ensureStack } from "./stack";

/**
 * Does something to a stack while no other command of this checkout does: waits for who does, and mends what an interrupted update
 * has left. `env`: that of the CLI.
 */
export function updateStack<T>(
  stack: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  return aloneWithStack(say, async () => {
    await ensureStack(stack, env);
    await refuseWrongPassphrase(stack, env);
    await recoverInterrupted(stack, env, say);
    return work();
  });
}

/** Does something while no other command of this checkout changes its stack: waits for who does. Plain `pulumi` has locks of its own. */
export function aloneWithStack<T>(say: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const wait = (who: string) => say(`waiting for ${who}, which changes the stack just now`);
  return withLock(join(paths.platform, "up.lock"), wait, work);
}
