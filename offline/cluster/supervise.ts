import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { attempt } from "../../scripts/lib/run";
import type { Instance } from "./instance";
import { type ClusterProcess, clusterProcesses } from "./processes";
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

/** The state of each service, found by asking s6 and the service itself. */
export function serviceStates(instance: Instance, services: readonly Service[]): Promise<readonly ServiceState[]> {
  const byInnerPid = new Map(clusterProcesses(instance).map((found) => [found.innerPid, found] as const));
  return Promise.all(services.map((service) => serviceState(instance, service, byInnerPid)));
}

async function serviceState(
  instance: Instance,
  service: Service,
  byInnerPid: ReadonlyMap<number | undefined, ClusterProcess>,
): Promise<ServiceState> {
  const dir = join(scanDir(instance), service.name);
  const [status, deaths, healthy] = await Promise.all([
    attempt("s6-svstat", ["-o", "pid,updownfor", dir]),
    attempt("s6-svdt", [dir]),
    isHealthy(instance, service),
  ]);
  const [innerPid = -1, seconds = 0] = status.stdout.split(/\s+/).map(Number);
  return {
    name: service.name,
    pid: innerPid > 0 ? byInnerPid.get(innerPid)?.pid : undefined,
    seconds,
    restarts: deaths.stdout.split("\n").filter((line) => line !== "").length,
    healthy,
  };
}

/** Whether a service answers its check now. */
export async function isHealthy(instance: Instance, service: Service): Promise<boolean> {
  const check = join(scanDir(instance), service.name, "data", "check");
  const finished = service.onHostNetwork
    ? await attempt("sh", [check], { timeout: 10_000 })
    : await attempt("nsenter", [`--net=${instance.netnsFile}`, "sh", check], { timeout: 10_000 });
  return finished.code === 0;
}
