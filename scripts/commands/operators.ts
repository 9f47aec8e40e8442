import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command } from "../lib/command-line";
import {
  fetchManifest,
  type Lock,
  type LockEntry,
  lockEntry,
  lockProblem,
  OPERATORS,
  type OperatorName,
  render,
  sha256,
} from "../lib/operators";
import { paths } from "../lib/paths";
import { Progress } from "../lib/progress";

const HELP = `Usage: scripts/operators [--lock]

Fetches the release manifests of the operators and writes their objects to .platform/operators/, after comparing each with
components/operators.lock.json. Does nothing where they are there already.

  --lock   write the lock anew, after a version was changed in versions.json
`;

const LOCK = join(paths.root, "components", "operators.lock.json");

export const main = command({ name: "operators", help: HELP, options: { lock: "flag" } }, async ({ lock: anew }) => {
  const names = Object.keys(OPERATORS) as OperatorName[];
  if (anew) {
    const entries = await Promise.all(
      names.map(async (name): Promise<[OperatorName, LockEntry]> => [name, lockEntry(name, await fetchManifest(name))]),
    );
    await writeFile(LOCK, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  }
  const lock = JSON.parse(await readFile(LOCK, "utf8")) as Lock;
  const missing: OperatorName[] = [];
  for (const name of names) if (!(await isThere(name, lock[name]))) missing.push(name);
  const progress = new Progress("operators", missing.length);
  for (const name of missing) await progress.step(`${name} ${OPERATORS[name].version}`, () => write(name, lock[name]));
  return 0;
});

function renderedFile(name: OperatorName): string {
  return join(paths.operators, `${name}.json`);
}

async function isThere(name: OperatorName, locked: LockEntry): Promise<boolean> {
  if (locked.version !== OPERATORS[name].version) return false;
  try {
    return sha256(await readFile(renderedFile(name), "utf8")) === locked.rendered;
  } catch {
    return false;
  }
}

/** Writes beside and renames, so that a program which starts just now never reads half a file. */
async function write(name: OperatorName, locked: LockEntry): Promise<void> {
  const manifest = await fetchManifest(name);
  const problem = lockProblem(name, manifest, locked);
  if (problem !== undefined) throw new Error(problem);
  await mkdir(paths.operators, { recursive: true });
  const file = renderedFile(name);
  await writeFile(`${file}.${process.pid}`, render(manifest));
  await rename(`${file}.${process.pid}`, file);
}
