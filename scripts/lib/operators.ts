import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { goCommand } from "../../offline/tools/go";
import versions from "../../versions.json";
import { attempt } from "./run";

/** An operator whose release manifest is in its Go module and, the same file, among its project's tagged sources. */
interface Operator {
  readonly module: string;
  readonly repository: string;
  /** Path of the manifest in both. */
  readonly path: string;
  readonly version: string;
}

const CNPG = versions["cloudnative-pg"];

/** Operators by the name of their rendered manifest. */
export const OPERATORS = {
  "cloudnative-pg": {
    module: "github.com/cloudnative-pg/cloudnative-pg",
    repository: "cloudnative-pg/cloudnative-pg",
    path: `releases/cnpg-${CNPG}.yaml`,
    version: CNPG,
  },
} as const satisfies Record<string, Operator>;

export type OperatorName = keyof typeof OPERATORS;

/** What the committed lock says of one operator: SHA-256 of its manifest as released, and as rendered. */
export interface LockEntry {
  readonly version: string;
  readonly manifest: string;
  readonly rendered: string;
}

export type Lock = Readonly<Record<OperatorName, LockEntry>>;

/** A manifest's objects as JSON, which a program reads a hundred times faster than YAML. Documents without content are left out. */
export function render(yaml: string): string {
  const documents = parseAllDocuments(yaml);
  if (!Array.isArray(documents)) return "[]\n";
  const [problem] = documents.flatMap(({ errors }) => errors);
  if (problem !== undefined) throw new Error(`not YAML: ${problem.message}`);
  const objects = documents.map((document) => document.toJS()).filter((object) => object !== null);
  return `${JSON.stringify(objects, null, 1)}\n`;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What a manifest's lock entry must be. */
export function lockEntry(operator: OperatorName, manifest: string): LockEntry {
  return { version: OPERATORS[operator].version, manifest: sha256(manifest), rendered: sha256(render(manifest)) };
}

/** Where a manifest is not what the lock says; nothing where it is. */
export function lockProblem(operator: OperatorName, manifest: string, locked: LockEntry): string | undefined {
  const found = lockEntry(operator, manifest);
  if (found.version !== locked.version) {
    return `the lock is for ${operator} ${locked.version}, versions.json says ${found.version}. Run scripts/operators --lock and review the change.`;
  }
  if (found.manifest !== locked.manifest) {
    return `the manifest of ${operator} ${found.version} has SHA-256 ${found.manifest}, not ${locked.manifest}: it is not the one that was reviewed.`;
  }
  if (found.rendered !== locked.rendered) {
    return `${operator} ${found.version} renders to SHA-256 ${found.rendered}, not ${locked.rendered}. Run scripts/operators --lock and review the change.`;
  }
  return undefined;
}

/** The manifest as released: from the operator's Go module, or, where Go or its proxy is missing, from its project's sources. */
export async function fetchManifest(operator: OperatorName): Promise<string> {
  const { module, repository, path, version } = OPERATORS[operator];
  const problems: string[] = [];
  try {
    const download = ["mod", "download", "-json", `${module}@v${version}`];
    const { code, stdout, stderr } = await attempt(await goCommand(`fetch ${module}`), download, { timeout: 300_000 });
    if (code === 0) return await readFile(join((JSON.parse(stdout) as { Dir: string }).Dir, path), "utf8");
    problems.push(`go mod download: ${stderr.trim() || stdout.trim()}`);
  } catch (error) {
    problems.push((error as Error).message);
  }
  const url = `https://raw.githubusercontent.com/${repository}/v${version}/${path}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    if (response.ok) return await response.text();
    problems.push(`${url}: ${response.status}`);
  } catch (error) {
    problems.push(`${url}: ${(error as Error).message}`);
  }
  throw new Error(`the manifest of ${operator} ${version} cannot be had:\n  ${problems.join("\n  ")}`);
}
