import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJsonIfSound } from "../../scripts/lib/json-file";

/** Addresses inside the node's network namespace. Nothing outside sees them, so every instance uses the same. */
export const NETWORK = {
  nodeAddress: "10.111.0.1",
  podCidr: "10.112.0.0/22",
  podGateway: "10.112.0.1",
  podBridge: "pods0",
  serviceCidr: "10.113.0.0/16",
  dnsAddress: "10.113.0.10",
  apiPort: 6443,
} as const;

/** Loopback port of the API server on the host where PLATFORM_API_PORT is not set. */
export const DEFAULT_API_PORT = 16443;

/** What the names of clusters look like. */
export const INSTANCE_NAME = /^platform-[0-9a-f]{6}$/;

/** A port of the host's loopback interface that leads to the same service on a port of the node. */
export interface HostPort {
  /** What it is for, in one word. */
  readonly name: string;
  readonly hostPort: number;
  readonly nodePort: number;
  /** The command that chooses another host port, for people. */
  readonly instead: string;
}

/** One cluster on this machine: its name and every place that belongs to it. */
export interface Instance {
  /** `platform-<hash6>`: name of the node, the network namespace and the cgroup. */
  readonly name: string;
  /** Kubeconfig, cluster.json and logs. */
  readonly stateDir: string;
  /** What outlives `down`: etcd, images, volumes, certificates. */
  readonly dataDir: string;
  /** Sockets, service folders and rendered configs; made anew by every start. */
  readonly runDir: string;
  /** File that holds the network namespace, for `nsenter --net=`. */
  readonly netnsFile: string;
  /** Link to `netnsFile` that lets `ip netns exec NAME` and `ip -n NAME` find it. */
  readonly netnsLink: string;
  readonly kubeconfig: string;
  readonly clusterFile: string;
  readonly logDir: string;
  readonly containerdSocket: string;
  /** Loopback port of the API server on the host. */
  readonly apiPort: number;
  /** Further ports of the host that lead into the cluster. */
  readonly hostPorts: readonly HostPort[];
}

/**
 * The cluster of a clone. `PLATFORM_API_PORT` moves its port, which it then keeps until `down`; `PLATFORM_INSTANCE` names another
 * cluster of the same clone, with its own data and with its state under `.platform/instances/NAME`. Only the clone's first cluster
 * gets the further ports of the host.
 */
export function instanceOf(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  hostPorts: readonly HostPort[] = [],
): Instance {
  const label = env["PLATFORM_INSTANCE"] ?? "";
  if (!/^[a-z0-9-]{0,30}$/.test(label))
    throw new Error(`PLATFORM_INSTANCE is "${label}". Use up to 30 lower-case letters, digits and "-".`);
  const hash = createHash("sha256")
    .update(label === "" ? root : `${root}\0${label}`)
    .digest("hex")
    .slice(0, 6);
  const name = `platform-${hash}`;
  const stateDir = label === "" ? join(root, ".platform") : join(root, ".platform", "instances", label);
  const runDir = `/run/${name}`;
  const clusterFile = join(stateDir, "cluster.json");
  const recorded = recordedIn(clusterFile);
  if (recorded !== undefined && recorded.name !== name && existsSync(recorded.runDir))
    throw new Error(
      `The cluster of this folder runs as ${recorded.name}, which was started when the folder had another path. Move it back and ` +
        `run \`make down\` before you move it again; or, if this is a copy, delete ${clusterFile}.`,
    );
  return {
    name,
    stateDir,
    dataDir: `/var/lib/${name}`,
    runDir,
    netnsFile: join(runDir, "netns"),
    netnsLink: `/run/netns/${name}`,
    kubeconfig: join(stateDir, "kubeconfig"),
    clusterFile,
    logDir: join(stateDir, "log", "cluster"),
    containerdSocket: join(runDir, "containerd", "containerd.sock"),
    apiPort: portOf(env["PLATFORM_API_PORT"]) ?? recorded?.apiPort ?? DEFAULT_API_PORT,
    hostPorts: label === "" ? hostPorts : [],
  };
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (!/^\d{4,5}$/.test(text) || port < 1024 || port > 65535)
    throw new Error(`PLATFORM_API_PORT is "${text}". Use a port from 1024 to 65535.`);
  return port;
}

/** What the start of a cluster has written down (`cluster.json`). */
export interface ClusterRecord {
  readonly name: string;
  readonly runDir: string;
  readonly apiPort: number;
}

/** The record in a file; undefined where there is none, or half a one, which the next start writes anew. */
export function recordedIn(clusterFile: string): ClusterRecord | undefined {
  return readJsonIfSound(clusterFile);
}
