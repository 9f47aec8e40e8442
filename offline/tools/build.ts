import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { withLock } from "../../scripts/lib/lock";
import { paths } from "../../scripts/lib/paths";
import type { Progress, Step } from "../../scripts/lib/progress";
import { CommandFailed, run } from "../../scripts/lib/run";
import { GO_ENVIRONMENT, type Go, goFor } from "./go";
import type { Group } from "./groups";
import { binariesOf, moduleFolder } from "./key";

/** A group with the Go that builds it and where its binaries lie, or will. */
export interface Located {
  readonly group: Group;
  readonly go: Go;
  readonly folder: string;
}

const ALWAYS = ["-mod=readonly", "-trimpath", "-buildvcs=false"];

/** Finds out where the binaries of groups belong. Throws where Go is missing or too old. */
export function locate(groups: readonly Group[]): Promise<readonly Located[]> {
  return Promise.all(
    groups.map(async (group) => {
      const go = await goFor(group);
      return { group, go, folder: binariesOf(group, go) };
    }),
  );
}

export const isBuilt = ({ folder }: Located): boolean => existsSync(folder);

/**
 * Builds groups one after the other (`go build` alone keeps all cores busy), while the modules of those that follow
 * are fetched. Throws on the first that fails, or at once where the disk is too small.
 */
export async function build(missing: readonly Located[], progress: Progress): Promise<void> {
  checkDisk(missing);
  const fetched = fetchInOrder(missing);
  for (const [index, located] of missing.entries())
    await progress.step(located.group.name, async (step) => {
      step.update("fetching modules");
      const packages = await fetched[index];
      await withLock(
        `${located.folder}.lock`,
        (who) => step.update(`waiting for ${who}, which builds it`),
        () => buildOne(located, packages ?? 0, step),
      );
    });
}

/** Starts to fetch each group's modules when the one before has its own; each promise answers the number of Go packages. */
function fetchInOrder(missing: readonly Located[]): readonly Promise<number>[] {
  let before: Promise<unknown> = Promise.resolve();
  return missing.map((located) => {
    const mine = before.then(() => fetchModules(located));
    mine.catch(() => {}); // reported when its turn to build comes
    before = mine.catch(() => {});
    return mine;
  });
}

async function fetchModules({ group, go }: Located): Promise<number> {
  const args = ["list", "-mod=readonly", "-deps", ...group.flags, ...Object.values(group.programs)];
  const listed = await goRun(group, go, args.filter(not("-ldflags")));
  return listed.trim().split("\n").length;
}

/** Drops a flag and its value. */
const not =
  (flag: string) =>
  (argument: string, index: number, all: readonly string[]): boolean =>
    argument !== flag && all[index - 1] !== flag;

async function buildOne(located: Located, packages: number, step: Step): Promise<void> {
  const { group, go, folder } = located;
  if (existsSync(folder)) return; // somebody else has just built it
  removeLeftovers(group);
  const partial = join(paths.toolCache, `.${group.name}.${process.pid}.partial`);
  mkdirSync(partial, { recursive: true });
  try {
    let compiled = 0;
    const [[only] = [], ...others] = Object.entries(group.programs);
    // Several programs are named by Go after their folders, a single one by us.
    const output = others.length === 0 ? join(partial, only ?? "") : `${partial}/`;
    const args = ["build", ...ALWAYS, "-v", ...group.flags, "-o", output, ...Object.values(group.programs)];
    await goRun(group, go, args, () => {
      compiled += 1;
      step.update(`${compiled} of at most ${packages} packages`);
    });
    if (others.length > 0)
      for (const [program, source] of Object.entries(group.programs))
        renameSync(join(partial, basename(source)), join(partial, program));
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Takes away what a killed build of the group left; nobody else builds it, since its lock is held. */
function removeLeftovers(group: Group): void {
  if (!existsSync(paths.toolCache)) return;
  for (const name of readdirSync(paths.toolCache))
    if (name.startsWith(`.${group.name}.`) && name.endsWith(".partial"))
      rmSync(join(paths.toolCache, name), { recursive: true, force: true });
}

async function goRun(group: Group, go: Go, args: readonly string[], onLine: (line: string) => void = () => {}) {
  const log = join(paths.log, `build-${group.name}.log`);
  try {
    return await run(go.command, args, { cwd: moduleFolder(group), env: GO_ENVIRONMENT, log, onLine });
  } catch (error) {
    if (error instanceof CommandFailed && error.stderr.includes("no space left on device"))
      throw new Error(
        `The disk filled up while ${group.name} was built. Free some space and run the same command again (log: ${log}).`,
      );
    throw error;
  }
}

/** Throws where what is missing would not fit on the disk that Go's caches and ours share by default. */
function checkDisk(missing: readonly Located[]): void {
  const needed = missing.reduce((sum, { group }) => sum + group.megabytes, 0);
  mkdirSync(dirname(paths.toolCache), { recursive: true });
  const { bavail, bsize } = statfsSync(dirname(paths.toolCache));
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free < needed)
    throw new Error(
      `Building ${missing.map(({ group }) => group.name).join(", ")} takes about ${needed} MB, but ${paths.cache} has ` +
        `${free} MB free. Free some space, or set PLATFORM_CACHE, GOCACHE and GOMODCACHE to a larger disk.`,
    );
}
