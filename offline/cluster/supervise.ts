import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { attempt, run } from "../../scripts/lib/run";
import { type Exchange, exchangeOf, type Forwarder, forwardersAmong } from "./forwarders";
import type { Instance } from "./instance";
import { clusterProcesses, signal, until } from "./processes";
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

/** Milliseconds that forwarders get to end. */
const REMOVAL = 20_000;

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

/** How the forwarders of a running cluster differ from those among its services. */
export function forwarderExchange(instance: Instance, services: readonly Service[]): Exchange {
  const written = (name: string) => join(scanDir(instance), name, "run");
  const present = serviceNames(instance).filter((name) => existsSync(written(name)));
  return exchangeOf(
    forwardersAmong(Object.fromEntries(present.map((name) => [name, readFileSync(written(name), "utf8")]))),
    forwardersAmong(Object.fromEntries(services.map((each) => [each.name, serviceFiles(instance, each)["run"] ?? ""]))),
  );
}

/** Takes forwarders out of a running cluster, with the connections that go through them. */
export async function removeForwarders(instance: Instance, forwarders: readonly Forwarder[]): Promise<void> {
  const folders = forwarders.map(({ name }) => {
    const hidden = join(scanDir(instance), `.${name}`); // s6-svscan passes over names with a dot
    rmSync(hidden, { recursive: true, force: true });
    renameSync(join(scanDir(instance), name), hidden);
    return hidden;
  });
  await run("s6-svscanctl", ["-an", scanDir(instance)]);
  const listening = forwarders.map(({ hostPort }) => `TCP-LISTEN:${hostPort},`);
  // A connection is a process with its forwarder's command line; s6 does not end it, and the log waits for it.
  const gone = await until(async () => {
    for (const { pid, argv } of clusterProcesses(instance))
      if (listening.some((start) => argv[1]?.startsWith(start))) signal(pid, "SIGTERM");
    const supervised = folders.flatMap((folder) => [folder, join(folder, "log")]);
    const states = await Promise.all(supervised.map((folder) => attempt("s6-svok", [folder])));
    return states.every(({ code }) => code !== 0);
  }, REMOVAL);
  if (!gone) {
    const names = forwarders.map(({ name }) => name).join(", ");
    throw new Error(`${names} did not end within ${REMOVAL / 1000} s. Run \`scripts/cluster down\`, then up.`);
  }
  for (const folder of folders) rmSync(folder, { recursive: true });
}

/** Puts services into a running cluster. */
export async function addServices(instance: Instance, services: readonly Service[]): Promise<void> {
  writeServices(instance, services);
  await run("s6-svscanctl", ["-a", scanDir(instance)]);
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
