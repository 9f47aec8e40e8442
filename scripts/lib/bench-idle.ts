import { cpus, freemem, totalmem } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** What a machine's processors did: milliseconds since its start, of all of them. */
export interface CpuTimes {
  readonly busy: number;
  readonly idle: number;
}

/** What a machine uses, whoever uses it. */
export interface Usage {
  /** Processors that were busy, on average. */
  readonly cores: number;
  /** Memory that nothing else could have: all but what is available. */
  readonly bytes: number;
}

/** Watches this machine for some seconds. */
export async function machineUsage(seconds: number): Promise<Usage> {
  const before = cpuTimes();
  await delay(seconds * 1000);
  return { cores: busyCores(before, cpuTimes(), cpus().length), bytes: totalmem() - freemem() };
}

/** Processors that were busy between two looks. */
export function busyCores(before: CpuTimes, after: CpuTimes, processors: number): number {
  const busy = after.busy - before.busy;
  const all = busy + after.idle - before.idle;
  return (busy / all) * processors;
}

function cpuTimes(): CpuTimes {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (...names: (keyof (typeof times)[number])[]) =>
    times.reduce((total, each) => total + names.reduce((part, name) => part + each[name], 0), 0);
  return { busy: sum("user", "nice", "sys", "irq"), idle: sum("idle") };
}
