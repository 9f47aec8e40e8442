/** What a machine must have for the cluster, as it was found. */
export interface HostFacts {
  /** As in `process.platform`. */
  readonly platform: string;
  readonly root: boolean;
  /** Debian packages of `PACKAGES` that are not there. */
  readonly missingPackages: readonly string[];
  /** Names of `KERNEL_FEATURES` that do not work. */
  readonly missingFeatures: readonly string[];
  /** Loopback ports that the cluster is to get on the host and that others have already. */
  readonly takenPorts: readonly TakenPort[];
  /** Where the data lies, the free bytes there, and whether a cluster has data there already. */
  readonly dataDir: string;
  readonly freeDisk: number;
  readonly hasData: boolean;
  /** Bytes that processes can still get without swapping. */
  readonly freeMemory: number;
}

/** A port that cannot be had. */
export interface TakenPort {
  readonly port: number;
  /** Who listens there. */
  readonly owner: string;
  /** What ends it. */
  readonly end: string;
  /** The command that chooses another. */
  readonly instead: string;
}

const GIB = 1024 ** 3;

/** Free bytes for a new cluster: images (3 GiB), volumes, etcd, and what the kubelet keeps free. */
export const DISK_FOR_NEW = 10 * GIB;

/** Free bytes for a cluster that has its data already; below 1 GiB the kubelet evicts pods. */
export const DISK_FOR_EXISTING = 2 * GIB;

/** Free memory: the node itself takes 0.8 GB, and its pods need some. */
export const MEMORY = 2 * GIB;

/** What the kernel must be able to do, each with what provides it. */
export const KERNEL_FEATURES = {
  namespaces: "process, mount and network namespaces (CONFIG_PID_NS, CONFIG_NET_NS; in a container: --privileged)",
  cgroup: "cgroups with cpu, cpuset, memory and pids (mounted at /sys/fs/cgroup)",
  overlay: "the overlay file system (modprobe overlay)",
  bridge: "network bridges (modprobe bridge)",
  veth: "virtual Ethernet pairs (modprobe veth)",
  br_netfilter: "filtering of bridged packets (modprobe br_netfilter)",
  nftables:
    "nftables with NAT, masquerading, fib and numgen (modprobe nf_tables nft_chain_nat nft_masq nft_fib_inet nft_numgen)",
  kmsg: "the kernel log at /dev/kmsg (in a container: --device /dev/kmsg)",
} as const;

/** What stands in the way whatever else is there, with the way out; undefined where nothing does. */
export function firstNeed({ platform, root }: Pick<HostFacts, "platform" | "root">): string | undefined {
  if (platform !== "linux")
    return (
      `The one-node cluster needs Linux; this is ${platform}. ` +
      "Start Docker and install kind, or set a context: pulumi config set platform:kubeContext NAME -s dev"
    );
  if (root) return undefined;
  return "The one-node cluster needs root for its namespaces and mounts. Run the same command as root (sudo -E).";
}

/** Everything that stands in the way of a cluster, a sentence each with the way out. Empty where nothing does. */
export function judge(facts: HostFacts): readonly string[] {
  const first = firstNeed(facts);
  if (first !== undefined) return [first];

  const problems: string[] = [];
  if (facts.missingPackages.length > 0) {
    const names = facts.missingPackages.join(" ");
    problems.push(`Debian packages are missing: ${names}. Run scripts/setup-auxiliaries, or: apt-get install ${names}`);
  }
  for (const [name, what] of Object.entries(KERNEL_FEATURES))
    if (facts.missingFeatures.includes(name)) problems.push(`The kernel lacks ${what}.`);
  problems.push(...facts.takenPorts.map(portProblem));
  const disk = facts.hasData ? DISK_FOR_EXISTING : DISK_FOR_NEW;
  if (facts.freeDisk < disk)
    problems.push(
      `The disk of ${facts.dataDir} has ${gib(facts.freeDisk)} free, ${gib(disk)} are needed. Make room there.`,
    );
  if (facts.freeMemory < MEMORY)
    problems.push(`${gib(facts.freeMemory)} of memory are free, ${gib(MEMORY)} are needed. End something.`);
  return problems;
}

/** What is wrong with a port, with the ways out. */
export function portProblem({ port, owner, end, instead }: TakenPort): string {
  return `Port ${port} on 127.0.0.1 is in use by ${owner}. ${end}, or choose another port: ${instead}`;
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
