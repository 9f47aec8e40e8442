import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds: longer than a whole command of Pulumi may take. */
const LIMIT = 150_000;

/** Asks every 100 ms until there is an answer. @throws after 150 s, naming what was awaited. */
export async function until<T>(what: string, question: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + LIMIT;
  while (Date.now() < deadline) {
    const answer = await question();
    if (answer !== undefined) return answer;
    await pause(100);
  }
  throw new Error(`${what}: not within ${LIMIT / 1000} s`);
}

/** Lets something happen beside the command that comes next. Its failure shows in what the case expects of that command. */
export function meanwhile(action: () => Promise<unknown>): void {
  action().catch((error: Error) => process.stderr.write(`beside a command: ${error.message}\n`));
}
