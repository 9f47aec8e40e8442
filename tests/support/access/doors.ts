import { readdirSync, readFileSync } from "node:fs";
import type { Environment } from "../../../environment";
import { get } from "../cli";
import type { Peer } from "../policy-judge";

/** A port on which a pod listens for others. */
export interface ListeningPort {
  readonly pod: Peer;
  /** Its name in the definition. */
  readonly workload: string;
  readonly port: number;
}

interface RunningPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels?: Record<string, string>;
  };
}

/** All that pods of the platform listen on beside their own loopback, read from the sockets of their processes on this machine. */
export async function listeningPorts({ workloads }: Environment): Promise<ListeningPort[]> {
  const { items } = await get<{ items: RunningPod[] }>("pods", "--all-namespaces");
  return items.flatMap(({ metadata: { name, namespace, uid, labels = {} } }) => {
    const workload = Object.entries(workloads).find(
      ([key, { namespace: home, labels: own = { "app.kubernetes.io/name": key } }]) =>
        home === namespace && Object.entries(own).every(([label, value]) => labels[label] === value),
    )?.[0];
    if (workload === undefined) return [];
    const [process] = processesOf(uid);
    const ports = process === undefined ? [] : socketsOf(process);
    return [...new Set(ports)].map((port) => ({ pod: { namespace, name, labels }, workload, port }));
  });
}

/** Processes of a pod, by its id in the names of their control groups. */
function processesOf(pod: string): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => read(`/proc/${pid}/cgroup`).includes(`pod${pod}`));
}

/** `LISTEN` in /proc/net/tcp (proc_net_tcp in the kernel's documentation). */
const LISTEN = "0A";

/** How the kernel writes 127.0.0.1, ::1 and ::ffff:127.0.0.1. */
const LOOPBACK = /^(0100007F|0{24}01000000|0{16}FFFF00000100007F)$/;

function socketsOf(pid: string): number[] {
  return ["tcp", "tcp6"].flatMap((protocol) =>
    read(`/proc/${pid}/net/${protocol}`)
      .split("\n")
      .slice(1)
      .flatMap((line) => {
        const [, local = "", , state] = line.trim().split(/\s+/);
        const [address = "", port = ""] = local.split(":");
        return state === LISTEN && !LOOPBACK.test(address) ? [Number.parseInt(port, 16)] : [];
      }),
  );
}

/** The file's text; nothing where its process has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
