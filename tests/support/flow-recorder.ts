import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/run";
import type { Connection, Peer } from "./policy-judge";

const TABLE = "platform_test_recorder";

const PLACES = ["bridge forward", "inet forward", "inet input", "inet output"] as const;

/** Counts the first packet of each connection in the kernel: between two pods on the bridge, routed, and into and out of the node itself. */
const RULES = PLACES.map((place) => {
  const [family, hook] = place.split(" ");
  const name = `${TABLE}_${hook}`;
  const note = (protocol: string, condition: string) =>
    `${condition} update @seen_${protocol} { ip saddr . ip daddr . ${protocol} dport }`;
  return `table ${family} ${name} {
  set seen_tcp { type ipv4_addr . ipv4_addr . inet_service; size 65535; flags dynamic; }
  set seen_udp { type ipv4_addr . ipv4_addr . inet_service; size 65535; flags dynamic; }
  chain seen {
    type filter hook ${hook} priority 0;
    ${note("tcp", "tcp flags & (syn | ack) == syn")}
    ${note("udp", "udp dport < 32768")}
  }
}`;
}).join("\n");

/** The recording goes on when the process that began it ends: one set of tests begins it, another looks at it. */
const FOLDER = join(paths.platform, "recording");
const PODS = join(FOLDER, "pods.json");
const WATCH = join(FOLDER, "watch.pid");

interface WatchedPod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Record<string, string> };
  readonly spec: { readonly hostNetwork?: boolean };
  readonly status: { readonly podIP?: string };
}

/** Records who connects to whom on the pod network of the one-node cluster, and which pod has which address. It must be up. */
export async function startRecording(): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  await run("nsenter", [`--net=/run/netns/${netns()}`, "nft", "-f", "-"], { input: `${RULES}\n` });
  const kubectl = [join(paths.bin, "kubectl"), "--kubeconfig", paths.kubeconfig];
  const args = [...kubectl, "get", "pods", "--all-namespaces", "--watch", "--output=json"];
  const file = openSync(PODS, "a");
  // The API server ends a watch after 30 to 60 minutes; the next begins with all pods that are there, while there is a cluster.
  const again = ["-c", 'while [ -e "$0" ]; do "$@"; sleep 0.2; done', paths.kubeconfig, ...args];
  const watch = spawn("/bin/sh", again, { stdio: ["ignore", file, "ignore"], detached: true });
  closeSync(file);
  watch.unref();
  writeFileSync(WATCH, String(watch.pid));
}

/** What was seen with a pod at one end at least. Ends the recording and takes its tables away. */
export async function endRecording(): Promise<Connection[]> {
  process.kill(-Number(readFileSync(WATCH, "utf8")), "SIGTERM"); // the group: the shell and its kubectl
  const peers = peersIn(readFileSync(PODS, "utf8"));
  const seen = new Map<string, Connection>();
  for (const place of PLACES) {
    const [family = "", hook] = place.split(" ");
    const table = `${TABLE}_${hook}`;
    for (const protocol of ["tcp", "udp"] as const)
      for (const [from, to, port] of await elements(family, table, protocol)) {
        const source = peers.get(from) ?? { address: from };
        const target = peers.get(to) ?? { address: to };
        if ("address" in source && "address" in target) continue; // between the node's own processes
        seen.set([from, to, port, protocol].join(" "), { from: source, to: target, port, protocol });
      }
    await nft("delete", "table", family, table);
  }
  return [...seen.values()];
}

/** Pods by their addresses. kubectl prints one indented object after another; each ends with a brace at the start of a line. */
function peersIn(text: string): Map<string, Peer> {
  const peers = new Map<string, Peer>();
  for (const object of text.split(/(?<=\n\}\n)/)) {
    if (!object.endsWith("\n}\n")) continue;
    const { metadata, spec, status }: WatchedPod = JSON.parse(object);
    if (status.podIP === undefined || spec.hostNetwork === true) continue;
    const { namespace, name, labels = {} } = metadata;
    peers.set(status.podIP, { namespace, name, labels });
  }
  return peers;
}

async function elements(family: string, table: string, set: string): Promise<[string, string, number][]> {
  const answer = JSON.parse(await nft("-j", "list", "set", family, table, `seen_${set}`)) as {
    nftables: {
      set?: { elem?: { concat?: [string, string, number]; elem?: { val: { concat: [string, string, number] } } }[] };
    }[];
  };
  return answer.nftables
    .flatMap(({ set: listed }) => listed?.elem ?? [])
    .flatMap(({ concat, elem }) => [concat ?? elem?.val.concat].filter((row) => row !== undefined));
}

function nft(...args: string[]): Promise<string> {
  return run("nsenter", [`--net=/run/netns/${netns()}`, "nft", ...args]);
}

function netns(): string {
  return (JSON.parse(readFileSync(paths.clusterFile, "utf8")) as { netns: string }).netns;
}
