import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { paths } from "../../scripts/lib/paths";
import { shellWords } from "../../scripts/lib/shell-words";
import { PLUGINS, pluginVersion } from "./official";

/** What a bundle was made of, kept beside it. */
interface BundleRecord {
  /** Our own source files, relative to the repository. */
  readonly sources: readonly string[];
  readonly fingerprint: string;
}

/** Puts the twins of all plugins where the engine looks for official ones; answers those that were built anew. */
export async function installTwins(): Promise<string[]> {
  const built = await Promise.all(
    PLUGINS.filter((name) => existsSync(entryOf(name))).map(async (name) => ((await installTwin(name)) ? [name] : [])),
  );
  return built.flat();
}

const entryOf = (name: string): string => join(paths.root, "offline", "plugins", name, "main.ts");

/** Bundles one twin unless an up-to-date bundle is there. */
async function installTwin(name: string): Promise<boolean> {
  const folder = join(paths.pulumiHome, "plugins", `resource-${name}-v${pluginVersion(name)}`);
  const recordFile = join(folder, "bundle.json");
  const record = readRecord(recordFile);
  if (record !== undefined && record.fingerprint === fingerprint(name, record.sources)) return false;

  const result = await build({
    absWorkingDir: paths.root,
    entryPoints: [entryOf(name)],
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    sourcemap: "inline",
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const sources = Object.keys(result.metafile.inputs)
    .filter((input) => !input.startsWith("node_modules/"))
    .sort();
  const partial = `${folder}.${process.pid}.new`;
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, "plugin.cjs"), result.outputFiles[0]?.contents ?? "");
  writeFileSync(join(partial, `pulumi-resource-${name}`), launcher(folder), { mode: 0o755 });
  writeFileSync(join(partial, "bundle.json"), JSON.stringify({ sources, fingerprint: fingerprint(name, sources) }));
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return true;
}

/** The executable that the engine starts: our Node.js on the bundle beside it. */
function launcher(folder: string): string {
  return `#!/bin/sh
[ -n "\${NODE_COMPILE_CACHE:-}" ] || NODE_COMPILE_CACHE=${shellWords([join(paths.platform, "compile-cache")])}
export NODE_COMPILE_CACHE
exec ${shellWords([join(paths.bin, "node"), join(folder, "plugin.cjs")])} "$@"
`;
}

/** Changes with the sources, the npm packages, and how a bundle is made (this file and where things lie). */
function fingerprint(name: string, sources: readonly string[]): string {
  const hash = createHash("sha256").update(`${name}\0${paths.root}`);
  for (const file of ["package-lock.json", "offline/tools/plugins.ts", ...sources]) {
    const path = join(paths.root, file);
    hash.update(`\0${file}\0`).update(existsSync(path) ? readFileSync(path) : "");
  }
  return hash.digest("hex");
}

function readRecord(file: string): BundleRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as BundleRecord;
  } catch {
    return undefined; // never built, or not to the end
  }
}
