import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { attempt, run } from "../../scripts/lib/run";

/** apt-get waits this long for another apt-get or dpkg, in seconds. */
const LOCK_SECONDS = 300;

/** Package lists older than this are fetched anew before something is installed. */
const LISTS_MAX_AGE_HOURS = 24;

/** The packages among `names` that are not installed, by the answer of `dpkg-query -W -f '${Package} ${Status}\n'`. */
export function missingFrom(names: readonly string[], answer: string): string[] {
  const installed = new Set(
    answer
      .split("\n")
      .filter((line) => line.endsWith(" install ok installed"))
      .map((line) => line.split(" ")[0]),
  );
  return [...new Set(names)].filter((name) => !installed.has(name));
}

/** The packages among `names` that are not installed on this machine. Throws where it is no Debian. */
export async function missingPackages(names: readonly string[]): Promise<string[]> {
  try {
    // Exits with 1 where it does not know a package; the answer names the others all the same.
    const { stdout } = await attempt("dpkg-query", ["-W", "-f", `\${Package} \${Status}\\n`, ...names]);
    return missingFrom(names, stdout);
  } catch {
    throw new Error(
      `This is no Debian (no dpkg-query). Install what these packages hold: ${[...new Set(names)].join(" ")}`,
    );
  }
}

export const installCommand = (names: readonly string[]): string =>
  `apt-get install -y --no-install-recommends ${names.join(" ")}`;

/** Installs packages as root, after fetching the package lists where they are stale or turn out to be. */
export async function installPackages(names: readonly string[], now: Date = new Date()): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { env, log: join(paths.log, "apt-get.log") };
  const wait = ["-o", `DPkg::Lock::Timeout=${LOCK_SECONDS}`];
  const update = () => run("apt-get", [...wait, "update"], options);
  const install = ["apt-get", [...wait, "install", "-y", "--no-install-recommends", ...names], options] as const;

  if (listsAgeHours(now) > LISTS_MAX_AGE_HOURS) {
    await update();
    await run(...install);
  } else if ((await attempt(...install)).code !== 0) {
    await update();
    await run(...install);
  }
}

/** Age of the newest package list; infinite where there is none. */
function listsAgeHours(now: Date): number {
  const folder = "/var/lib/apt/lists";
  try {
    const times = readdirSync(folder)
      .filter((name) => name.endsWith("Packages") || name.endsWith("Release"))
      .map((name) => statSync(join(folder, name)).mtimeMs);
    return (now.getTime() - Math.max(...times)) / 3_600_000;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
