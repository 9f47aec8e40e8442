import { readFileSync } from "node:fs";
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
  const found = processOf(pid);
  return found === undefined || found.name === "pulumi" || found.start <= Date.parse(timestamp) + TOLERANCE;
}

/** Name and start (milliseconds since 1970) of a process; undefined where the system has no /proc. */
function processOf(pid: number): { readonly name: string; readonly start: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [name, rest] = [
      stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")),
      stat.slice(stat.lastIndexOf(")") + 2),
    ];
    const ticks = Number(rest.split(" ")[19]); // field 22 of man 5 proc
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    return { name, start: (boot + ticks / TICKS) * 1000 };
  } catch {
    return undefined;
  }
}
