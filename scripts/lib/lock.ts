import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { processStat } from "./process-stat";

/** Who holds a lock. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in clock ticks since boot; tells it from a later one of the same pid. Empty: not known. */
  readonly started: string;
}

const POLL_MILLISECONDS = 200;

/**
 * Runs `work` while no other process that uses the same lock file runs its own. A lock whose owner is dead is taken over.
 * `onWait` is called once, with what people call the owner, where somebody else must be waited for.
 */
export async function withLock<T>(file: string, onWait: (who: string) => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  for (let owner = acquire(file); owner !== undefined; owner = acquire(file)) {
    if (!isAlive(owner)) {
      takeAway(file, owner);
      continue;
    }
    if (!told) onWait(nameOf(owner, file));
    told = true;
    await delay(POLL_MILLISECONDS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Whether the process that took a lock still runs. One on another machine is taken to be alive. */
export function isAlive({ pid, host, started }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return started === startOf(pid);
}

/** What people call an owner. Whether one on another machine, or in a container that is gone, still runs, only they can know. */
function nameOf({ pid, host }: Owner, file: string): string {
  return `process ${pid}${host === hostname() ? "" : ` on ${host} (if that is gone, delete ${file})`}`;
}

/** Takes the lock, or answers who has it. The content is written first, so that no half of it is ever read. */
function acquire(file: string): Owner | undefined {
  const own: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    linkSync(draft, file);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return read(file) ?? acquire(file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes a dead owner's lock away, but gives back what turns out to be the lock of somebody who was quicker. */
function takeAway(file: string, dead: Owner): void {
  const taken = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, taken);
    const found = read(taken);
    if (found !== undefined && found.pid !== dead.pid) linkSync(taken, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    rmSync(taken, { force: true });
  }
}

function read(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Owner;
  } catch (error) {
    // A lock is written whole, so that half a one is what a crash of the machine has left.
    if (error instanceof SyntaxError) rmSync(file, { force: true });
    else if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}

function startOf(pid: number): string {
  return processStat(pid)?.started ?? "";
}
