import { accessSync, constants, existsSync, readFileSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { attempt } from "../../scripts/lib/run";
import { hierarchies } from "./cgroups";
import type { Instance } from "./instance";
import { PACKAGES } from "./packages";
import type { HostFacts, TakenPort } from "./preflight";
import { clusterProcesses } from "./processes";
import { cloneOf } from "./scripts";

/** Looks at this machine without changing anything: the kernel is tried in namespaces that end with the look. */
export async function hostFacts(instance: Instance): Promise<HostFacts> {
  const able = process.platform === "linux" && process.getuid?.() === 0;
  const missing = missingPackages();
  return {
    platform: process.platform,
    root: process.getuid?.() === 0,
    missingPackages: able ? missing : [],
    missingFeatures: able ? await missingFeatures(missing) : [],
    takenPorts: await takenPorts(instance),
    dataDir: instance.dataDir,
    freeDisk: freeDisk(instance.dataDir),
    hasData: existsSync(join(instance.dataDir, "etcd")),
    freeMemory: availableMemory(),
  };
}

/** Debian packages of the cluster that are not installed. */
export function missingPackages(): readonly string[] {
  return PACKAGES.filter(({ provides }) => !isThere(provides)).map(({ name }) => name);
}

function isThere(program: string): boolean {
  const folders = `${process.env["PATH"] ?? ""}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter);
  const candidates = isAbsolute(program) ? [program] : folders.map((folder) => join(folder, program));
  return candidates.some((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Names each feature that fails. /tmp is the trial's own: it runs in a mount namespace that ends with it. */
const TRIAL = `
try() { name=$1; shift; "$@" >/dev/null 2>&1 || echo "$name"; }
overlay() {
  mount -t tmpfs none /tmp && mkdir /tmp/lower /tmp/upper /tmp/work /tmp/merged &&
    mount -t overlay overlay -o lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work /tmp/merged
}
bridge_filter() { [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || modprobe --dry-run br_netfilter; }
tables() {
  nft -f - <<'END'
table ip trial {
  chain nat { type nat hook postrouting priority 100; meta mark and 0x1 != 0 masquerade; }
  chain out { type nat hook output priority -100; fib daddr type local numgen random mod 2 vmap { 0: accept, 1: accept }; }
}
END
}
try overlay overlay
try bridge ip link add trial0 type bridge
try veth ip link add trial1 type veth peer name trial2
try br_netfilter bridge_filter
try nftables tables
try kmsg test -c /dev/kmsg
`;

const NEEDED_CONTROLLERS = ["cpu", "cpuset", "memory", "pids"];

async function missingFeatures(missing: readonly string[]): Promise<readonly string[]> {
  const cgroup = lacksCgroups() ? ["cgroup"] : [];
  if (missing.includes("util-linux") || missing.includes("mount") || missing.includes("iproute2")) return cgroup;
  const trial = await attempt("unshare", ["--mount", "--net", "--pid", "--fork", "--mount-proc", "sh", "-c", TRIAL], {
    timeout: 20_000,
  });
  if (trial.code !== 0 && trial.stdout === "") return [...cgroup, "namespaces"];
  const failed = trial.stdout.split("\n").filter((name) => name !== "");
  return [...cgroup, ...failed.filter((name) => name !== "nftables" || !missing.includes("nftables"))];
}

function lacksCgroups(): boolean {
  const controllers = hierarchies().flatMap(({ dir, version, controllers: own }) =>
    version === 2 ? readFileSync(join(dir, "cgroup.controllers"), "utf8").trim().split(" ") : own,
  );
  return NEEDED_CONTROLLERS.some((name) => !controllers.includes(name));
}

/** Ports of the host that a cluster is to forward and that others have. */
export async function takenPorts(instance: Instance): Promise<readonly TakenPort[]> {
  const { apiPort, hostPorts } = instance;
  const wanted = [
    { port: apiPort, instead: `PLATFORM_API_PORT=${apiPort + 1} scripts/cluster up` },
    ...hostPorts.map(({ hostPort, instead }) => ({ port: hostPort, instead })),
  ];
  const taken: TakenPort[] = [];
  for (const { port, instead } of wanted) {
    const owner = await ownerOf(port, instance);
    if (owner !== undefined) taken.push({ port, ...owner, instead });
  }
  return taken;
}

/** Who listens on a port that the cluster wants; undefined where it is free or the cluster's own. */
async function ownerOf(port: number, instance: Instance): Promise<Pick<TakenPort, "owner" | "end"> | undefined> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
  if (free) return undefined;
  const listeners = await attempt("ss", ["-Hltnp", `sport = :${port}`]).catch(() => undefined);
  const [, name, pid] = listeners?.stdout.match(/\("([^"]+)",pid=(\d+)/) ?? [];
  if (process.platform === "linux" && clusterProcesses(instance).some((own) => own.pid === Number(pid)))
    return undefined;
  const clone = pid === undefined ? undefined : cloneOfProcess(pid);
  if (clone !== undefined)
    return { owner: `the platform of ${clone}`, end: "Take that down (make down there) where nobody needs it" };
  return { owner: name === undefined ? "another program" : `${name} (process ${pid})`, end: "End that" };
}

/** The clone whose cluster a process belongs to; undefined where it belongs to none. Its folder is then that of its service. */
function cloneOfProcess(pid: string): string | undefined {
  try {
    return cloneOf(readFileSync(`/proc/${pid}/cwd/log/run`, "utf8"));
  } catch {
    return undefined;
  }
}

function freeDisk(path: string): number {
  const existing = existsSync(path) ? path : dirname(path);
  const { bavail, bsize } = statfsSync(existsSync(existing) ? existing : "/");
  return bavail * bsize;
}

function availableMemory(): number {
  if (process.platform !== "linux") return 0;
  const kibibytes = readFileSync("/proc/meminfo", "utf8").match(/^MemAvailable:\s+(\d+) kB$/m)?.[1];
  return Number(kibibytes) * 1024;
}
