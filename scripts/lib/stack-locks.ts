import { hostname } from "node:os";
import { readLocks, removeLocks } from "./file-backend";
import { isOwnedStill } from "./lock-owner";
import { deadLocks } from "./recover";

/** Cancels the locks of a stack whose owner on this machine is dead. `env`: that of the CLI. Throws where a living `pulumi` holds one. */
export function cancelDeadLocks(stack: string, env: NodeJS.ProcessEnv, say: (line: string) => void): void {
  const locks = readLocks(stack, env);
  const dead = deadLocks(locks, hostname(), isOwnedStill);
  const living = locks.find((lock) => !dead.includes(lock));
  if (living !== undefined)
    throw new Error(
      `pulumi (pid ${living.pid} on ${living.hostname}, since ${living.timestamp}) is at work on the stack "${stack}". ` +
        `Wait until it ends and try again. If you know that it is gone: pulumi cancel --stack ${stack}`,
    );
  if (dead.length === 0) return;
  say(`a killed pulumi (pid ${dead.map(({ pid }) => pid).join(", ")}) left the stack "${stack}" locked: cancelling`);
  removeLocks(dead);
}
