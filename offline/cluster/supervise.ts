import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { attempt } from "../../scripts/lib/run";
import type { Instance } from "./instance";
import { clusterProcesses } from "./processes";
import { scanDir, serviceFiles, serviceLogDir } from "./scripts";
import type { Service } from "./services";

/** How a service is. */
export interface ServiceState {
  readonly name: string;
  /** Process on this machine; undefined while it is down. */
  readonly pid: number | undefined;
  /** Seconds since it was started or went down. */
  readonly seconds: number;
  /** How often it ended since the cluster's start, as far as s6 remembers (100). */
  readonly restarts: number;
  readonly healthy: boolean;
}

/** Writes the folder of each service. */
export function writeServices(instance: Instance, services: readonly Service[]): void {
  for (const service of services) {
    mkdirSync(serviceLogDir(instance, service.name), { recursive: true });
    for (const [path, content] of Object.entries(serviceFiles(instance, service))) {
      const file = join(scanDir(instance), service.name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      if (path !== "notification-fd") chmodSync(file, 0o755);
    }
  }
}

/** Names of the services that a cluster was started with; none where it is down. */
export function serviceNames(instance: Instance): readonly string[] {
  const dir = scanDir(instance);
  return existsSync(dir) ? readdirSync(dir).filter((name) => !name.startsWith(".")) : [];
}

/** The state of each service, found by asking s6 and the service itself. */
export function serviceStates(instance: Instance): Promise<readonly ServiceState[]> {
  const byInnerPid = new Map(clusterProcesses(instance).map(({ innerPid, pid }) => [innerPid, pid] as const));
  return Promise.all(
    serviceNames(instance).map(async (name) => {
      const dir = join(scanDir(instance), name);
      const [status, deaths, healthy] = await Promise.all([
        attempt("s6-svstat", ["-o", "pid,updownfor", dir]),
        attempt("s6-svdt", [dir]),
        isHealthy(instance, name),
      ]);
      const [innerPid, seconds = 0] = status.stdout.split(/\s+/).map(Number);
      const restarts = deaths.stdout.split("\n").filter((line) => line !== "").length;
      return { name, pid: byInnerPid.get(innerPid), seconds, restarts, healthy };
    }),
  );
}

/** Whether a service answers its check now. */
export async function isHealthy(instance: Instance, service: string): Promise<boolean> {
  const check = join(scanDir(instance), service, "data", "check");
  return (await attempt("sh", [check], { timeout: 10_000 })).code === 0;
}
