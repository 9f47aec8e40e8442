import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A mounted cgroup hierarchy. */
export interface Hierarchy {
  readonly dir: string;
  readonly version: 1 | 2;
  /** Controllers of a version 1 hierarchy (`cpu`, `name=systemd`). */
  readonly controllers: readonly string[];
}

/** The hierarchies that a text in the form of /proc/self/mountinfo names (proc_pid_mountinfo(5)). */
export function parseHierarchies(mountinfo: string): readonly Hierarchy[] {
  const found: Hierarchy[] = [];
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const [type, , options = ""] = after.split(" ");
    const [, , , root, dir] = before.split(" ");
    if (dir === undefined || root === undefined || found.some((other) => other.dir === dir)) continue;
    if (type === "cgroup2") found.push({ dir, version: 2, controllers: [] });
    else if (type === "cgroup")
      found.push({ dir, version: 1, controllers: options.split(",").filter((option) => option !== "rw") });
  }
  return found;
}

/** The hierarchies of this machine. */
export function hierarchies(): readonly Hierarchy[] {
  return parseHierarchies(readFileSync("/proc/self/mountinfo", "utf8"));
}

/**
 * Makes the cgroup `name` with a child `node` for the cluster's own processes in every hierarchy, and answers the children. The
 * kubelet makes `kubepods` beside `node`: version 2 allows processes only in leaves.
 */
export function createCgroups(name: string): readonly string[] {
  return hierarchies().map((hierarchy) => {
    const top = join(hierarchy.dir, name);
    const node = join(top, "node");
    mkdirSync(node, { recursive: true });
    if (hierarchy.version === 2) for (const dir of [hierarchy.dir, top]) delegate(dir);
    else if (hierarchy.controllers.includes("cpuset")) for (const dir of [top, node]) inheritCpuset(dir);
    return node;
  });
}

/** Hands all controllers on to the children of a version 2 cgroup. */
function delegate(dir: string): void {
  const controllers = words(join(dir, "cgroup.controllers"));
  const enabled = words(join(dir, "cgroup.subtree_control"));
  const missing = controllers.filter((controller) => !enabled.includes(controller));
  if (missing.length === 0) return;
  try {
    writeFileSync(join(dir, "cgroup.subtree_control"), missing.map((controller) => `+${controller}`).join(" "));
  } catch (error) {
    throw new Error(
      `The cgroup ${dir} does not hand its controllers (${missing.join(", ")}) on to its children: ` +
        `${(error as Error).message}. In a container, start it with its own cgroup namespace and an init that leaves the root cgroup.`,
    );
  }
}

/** A cpuset of version 1 holds no process before it has processors and memory. */
function inheritCpuset(dir: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"])
    if (readFileSync(join(dir, file), "utf8").trim() === "")
      writeFileSync(join(dir, file), readFileSync(join(dir, "..", file), "utf8"));
}

/** The cgroups called `name`, one a hierarchy, as far as they exist. */
export function existingCgroups(name: string): readonly string[] {
  return hierarchies()
    .map(({ dir }) => join(dir, name))
    .filter((dir) => existsSync(dir));
}

/** Processes in the cgroups called `name` and below, in this process's numbering. */
export function cgroupProcesses(name: string): ReadonlySet<number> {
  const pids = new Set<number>();
  for (const top of existingCgroups(name)) for (const dir of withChildren(top)) addProcesses(dir, pids);
  return pids;
}

function addProcesses(dir: string, pids: Set<number>): void {
  try {
    for (const word of words(join(dir, "cgroup.procs"))) if (word !== "0") pids.add(Number(word));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Removes the cgroups called `name` with all below them. False where one is still busy: a process that ended stays until it is reaped. */
export function removeCgroups(name: string): boolean {
  return existingCgroups(name)
    .flatMap((top) => [...withChildren(top)].reverse())
    .map(removeCgroup)
    .every(Boolean);
}

function removeCgroup(dir: string): boolean {
  try {
    rmdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EBUSY") return false;
    if (!isGone(error)) throw error;
  }
  return true;
}

/** A cgroup and all below it, parents first. */
function* withChildren(dir: string): Generator<string> {
  yield dir;
  let names: readonly string[] = [];
  try {
    names = readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  for (const name of names) yield* withChildren(join(dir, name));
}

function words(file: string): readonly string[] {
  return readFileSync(file, "utf8")
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** Whether an error says that a cgroup or process vanished meanwhile. */
function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENODEV" || code === "ESRCH";
}
