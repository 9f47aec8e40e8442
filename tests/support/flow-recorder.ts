import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
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

interface WatchedPod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Record<string, string> };
  readonly spec: { readonly hostNetwork?: boolean };
  readonly status: { readonly podIP?: string };
}

/** Records who connects to whom on the pod network of the one-node cluster, and which pod had which address. */
export class FlowRecorder {
  readonly #netns: string;
  readonly #peers = new Map<string, Peer>();
  readonly #watch: ChildProcess;

  private constructor(netns: string, watch: ChildProcess) {
    this.#netns = netns;
    this.#watch = watch;
  }

  /** Starts recording. The cluster must be up. */
  static async start(): Promise<FlowRecorder> {
    const { netns } = JSON.parse(readFileSync(paths.clusterFile, "utf8")) as { netns: string };
    await run("nsenter", [`--net=/run/netns/${netns}`, "nft", "-f", "-"], { input: `${RULES}\n` });
    const kubectl = `${paths.bin}/kubectl`;
    const args = ["--kubeconfig", paths.kubeconfig, "get", "pods", "--all-namespaces", "--watch", "--output=json"];
    const watch = spawn(kubectl, args, { stdio: ["ignore", "pipe", "ignore"] });
    const recorder = new FlowRecorder(netns, watch);
    let text = "";
    watch.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      // kubectl prints one indented object after another; each ends with a brace at the start of a line.
      for (let end = text.indexOf("\n}\n"); end !== -1; end = text.indexOf("\n}\n")) {
        recorder.#note(JSON.parse(text.slice(0, end + 2)));
        text = text.slice(end + 3);
      }
    });
    return recorder;
  }

  #note({ metadata, spec, status }: WatchedPod): void {
    if (status.podIP === undefined || spec.hostNetwork === true) return;
    const { namespace, name, labels = {} } = metadata;
    this.#peers.set(status.podIP, { namespace, name, labels });
  }

  /** What was seen with a pod at one end at least. Ends the recording and takes its tables away. */
  async stop(): Promise<Connection[]> {
    this.#watch.kill("SIGTERM");
    const seen = new Map<string, Connection>();
    for (const place of PLACES) {
      const [family = "", hook] = place.split(" ");
      const table = `${TABLE}_${hook}`;
      for (const protocol of ["tcp", "udp"] as const)
        for (const [from, to, port] of await this.#elements(family, table, protocol)) {
          const source = this.#peers.get(from) ?? { address: from };
          const target = this.#peers.get(to) ?? { address: to };
          if ("address" in source && "address" in target) continue; // between the node's own processes
          seen.set([from, to, port, protocol].join(" "), { from: source, to: target, port, protocol });
        }
      await this.#nft("delete", "table", family, table);
    }
    return [...seen.values()];
  }

  async #elements(family: string, table: string, set: string): Promise<[string, string, number][]> {
    const answer = JSON.parse(await this.#nft("-j", "list", "set", family, table, `seen_${set}`)) as {
      nftables: {
        set?: { elem?: { concat?: [string, string, number]; elem?: { val: { concat: [string, string, number] } } }[] };
      }[];
    };
    return answer.nftables
      .flatMap(({ set: listed }) => listed?.elem ?? [])
      .flatMap(({ concat, elem }) => [concat ?? elem?.val.concat].filter((row) => row !== undefined));
  }

  #nft(...args: string[]): Promise<string> {
    return run("nsenter", [`--net=/run/netns/${this.#netns}`, "nft", ...args]);
  }
}
