import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { cgroupProcesses } from "./cgroups";
import type { Instance } from "./instance";

/** A process of the cluster. */
export interface ClusterProcess {
  readonly pid: number;
  readonly parent: number;
  /** Its number inside the cluster's process namespace; undefined for one outside. */
  readonly innerPid: number | undefined;
  readonly argv: readonly string[];
}

/** All processes that belong to a cluster: those in its cgroups, which none of them leaves. */
export function clusterProcesses(instance: Instance): readonly ClusterProcess[] {
  const found: ClusterProcess[] = [];
  for (const pid of cgroupProcesses(instance.name)) {
    const status = readIfThere(`/proc/${pid}/status`);
    if (status === undefined || /^State:\s+[ZX]/m.test(status)) continue;
    const [, ...inner] = (status.match(/^NSpid:\s+(.*)$/m)?.[1] ?? "").split(/\s+/).map(Number);
    found.push({
      pid,
      parent: Number(status.match(/^PPid:\s+(\d+)$/m)?.[1]),
      innerPid: inner[0],
      argv: (readIfThere(`/proc/${pid}/cmdline`) ?? "").split("\0").slice(0, -1),
    });
  }
  return found;
}

/** The first process of the cluster's own process namespace, the supervisor of all. */
export function supervisor(instance: Instance): ClusterProcess | undefined {
  return clusterProcesses(instance).find(({ innerPid, argv }) => innerPid === 1 && argv[0]?.endsWith("s6-svscan"));
}

/** Sends a signal; a process that is gone meanwhile is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Waits until `condition` holds, looking every 50 ms; false where it does not within `milliseconds`. */
export async function until(condition: () => boolean | Promise<boolean>, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() >= deadline) return false;
    await delay(50);
  }
  return true;
}

/** Ends every process of a cluster at once and waits until the last is gone. */
export async function killAll(instance: Instance): Promise<void> {
  const gone = await until(() => {
    const left = clusterProcesses(instance);
    for (const { pid } of left) signal(pid, "SIGKILL");
    return left.length === 0;
  }, 60_000);
  if (!gone) {
    const left = clusterProcesses(instance).map(({ pid, argv }) => `${pid} (${argv[0] ?? "?"})`);
    throw new Error(`These processes of ${instance.name} do not end after SIGKILL: ${left.join(", ")}.`);
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
