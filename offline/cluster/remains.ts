import { existsSync, lstatSync, readFileSync } from "node:fs";
import { attempt } from "../../scripts/lib/run";
import { existingCgroups } from "./cgroups";
import { type Instance, NETWORK } from "./instance";
import { clusterProcesses } from "./processes";

/**
 * What of a cluster is on this machine, a line each: processes, mounts, interfaces, nft tables, cgroups, sockets, the
 * network namespace, the run folder. Empty after `down`.
 */
export async function remains(instance: Instance): Promise<readonly string[]> {
  const [links, tables] = await Promise.all([
    attempt("ip", ["-o", "link", "show", NETWORK.podBridge]),
    attempt("nft", ["list", "tables"]),
  ]);
  const lines = (file: string) => readFileSync(file, "utf8").split("\n");
  return [
    ...clusterProcesses(instance).map(({ pid, argv }) => `process ${pid}: ${argv.slice(0, 2).join(" ")}`),
    ...lines("/proc/self/mountinfo")
      .filter((line) => line.includes(instance.name))
      .map((line) => `mount: ${line.split(" ")[4]}`),
    ...links.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => `interface: ${line}`),
    ...tables.stdout
      .split("\n")
      .filter((line) => line.endsWith(" kube-proxy"))
      .map((line) => `nft ${line}`),
    ...existingCgroups(instance.name).map((dir) => `cgroup: ${dir}`),
    ...lines("/proc/net/unix")
      .filter((line) => line.includes(instance.name))
      .map((line) => `socket: ${line.split(" ").at(-1)}`),
    ...(lstatSync(instance.netnsLink, { throwIfNoEntry: false }) === undefined ? [] : [`link: ${instance.netnsLink}`]),
    ...(existsSync(instance.runDir) ? [`folder: ${instance.runDir}`] : []),
  ];
}
