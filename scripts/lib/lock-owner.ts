import { readFileSync } from "node:fs";
import { processStat } from "./process-stat";
import type { Lock } from "./recover";

/** Ticks of a second in /proc, the same on every Linux: man 5 proc, USER_HZ. */
const TICKS = 100;

/** Milliseconds by which the start of a process, which the kernel tells in whole seconds, may seem too late. */
const TOLERANCE = 2_000;

/**
 * Whether the process that took a lock of Pulumi's on this machine still runs. One that has another name and is younger than the
 * lock is not its owner: after a reboot the number may be somebody else's.
 */
export function isOwnedStill({ pid, timestamp }: Lock): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const found = processStat(pid);
  return found === undefined || found.name === "pulumi" || timeOf(found.started) <= Date.parse(timestamp) + TOLERANCE;
}

/** Milliseconds since 1970 of so many clock ticks after boot. */
function timeOf(ticks: string): number {
  const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
  return (boot + Number(ticks) / TICKS) * 1000;
}
