import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { paths } from "../../scripts/lib/paths";
import type { Located } from "./build";
import type { Choice } from "./choice";

/** Records the built programs, and links what people and the engine call into `.platform/bin`. */
export function installTools(built: readonly Located[], choice: Choice): void {
  const tools = Object.fromEntries(
    built.flatMap(({ group, folder }) =>
      Object.keys(group.programs).map((name) => [name, join(folder, name)] as const),
    ),
  );
  mkdirSync(dirname(paths.toolsFile), { recursive: true });
  replaceFile(paths.toolsFile, `${JSON.stringify(tools, null, 2)}\n`);

  const inClone = relative(paths.root, process.execPath);
  link(join(paths.bin, "node"), inClone.startsWith("..") ? process.execPath : join("..", "..", inClone));
  if (tools["kubectl"] === undefined) rmSync(join(paths.bin, "kubectl"), { force: true });
  else link(join(paths.bin, "kubectl"), tools["kubectl"]);
  installEngine(tools, choice);
  const pulumi = join(paths.bin, "pulumi");
  replaceFile(pulumi, '#!/bin/sh\nexec "$(dirname -- "$0")/../../scripts/lib/pulumi" "$@"\n'); // the clone may be moved
  chmodSync(pulumi, 0o755);
}

/**
 * Links the official CLI, or puts the built one and its language host beside one another: the engine warns of a host that it
 * finds on PATH, not of one beside its own file (pulumi/pulumi sdk/go/common/workspace/plugins.go, getPluginInfoAndPath).
 */
function installEngine(tools: Readonly<Record<string, string>>, choice: Choice): void {
  if (choice.mode === "official") {
    if (choice.cli === undefined || !existsSync(choice.cli.path))
      throw new Error(
        `The official Pulumi CLI that was chosen, ${choice.cli?.path}, is gone. Install it again, or run ` +
          "scripts/setup-tools --choose twin.",
      );
    link(paths.cli, choice.cli.path);
    return;
  }
  for (const name of ["pulumi", "pulumi-language-nodejs"]) {
    const tool = tools[name];
    if (tool === undefined) throw new Error(`${name} was not built. Run scripts/setup-tools again.`);
    place(tool, join(dirname(paths.cli), name));
  }
}

/** The same file under another path: a hard link, or a copy where that lies on another disk. */
function place(from: string, to: string): void {
  const source = statSync(from);
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there?.size === source.size && Math.abs(there.mtimeMs - source.mtimeMs) < 1) return;
  mkdirSync(dirname(to), { recursive: true });
  const beside = `${to}.${process.pid}`;
  rmSync(beside, { force: true });
  try {
    linkSync(from, beside);
  } catch {
    copyFileSync(from, beside);
    utimesSync(beside, source.atime, source.mtime);
  }
  renameSync(beside, to);
}

/** A symbolic link that is never missing in between; left alone where it is right. */
function link(from: string, to: string): void {
  mkdirSync(dirname(from), { recursive: true });
  try {
    if (readlinkSync(from) === to) return;
  } catch {
    // not there, or no link
  }
  const beside = `${from}.${process.pid}`;
  rmSync(beside, { force: true });
  symlinkSync(to, beside);
  renameSync(beside, from);
}

function replaceFile(file: string, text: string): void {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, text);
  renameSync(beside, file);
}
