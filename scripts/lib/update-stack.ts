import { join } from "node:path";
import { recoverInterrupted } from "./interrupted";
import { withLock } from "./lock";
import { refuseWrongPassphrase } from "./passphrase";
import { paths } from "./paths";
import { ensureStack } from "./stack";

/**
 * Does something to a stack while nobody else of this checkout does: waits for who does, and mends what an interrupted update has left.
 * `env`: that of the CLI.
 */
export function updateStack<T>(
  stack: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  return aloneWithStack(say, async () => {
    await ensureStack(stack);
    await refuseWrongPassphrase(stack, env);
    await recoverInterrupted(stack, env, say);
    return work();
  });
}

/** Does something while nobody else of this checkout changes its stack: waits for who does. */
export function aloneWithStack<T>(say: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const wait = ({ pid }: { pid: number }) => say(`waiting for process ${pid}, which updates the stack just now`);
  return withLock(join(paths.platform, "up.lock"), wait, work);
}
