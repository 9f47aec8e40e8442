import { readFileSync } from "node:fs";

/** What the kernel says of a process (man 5 proc, /proc/PID/stat). */
export interface ProcessStat {
  readonly name: string;
  /** When it started, in clock ticks since boot: field 22. */
  readonly started: string;
}

/** Undefined where there is no such process, or no /proc. */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = stat.lastIndexOf(")"); // the name may hold blanks and parentheses
    return { name: stat.slice(stat.indexOf("(") + 1, end), started: stat.slice(end + 2).split(" ")[19] ?? "" };
  } catch {
    return undefined;
  }
}
