import { chmodSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import type { Located } from "./build";
import type { Choice } from "./choice";

/** Programs that people call by name, and so are linked into `.platform/bin` where they were built. */
const ON_PATH = ["kubectl", "pulumi-language-nodejs"];

/** Records the built programs, and links what people and the engine call into `.platform/bin`. */
export function installTools(built: readonly Located[], choice: Choice): void {
  const tools = Object.fromEntries(
    built.flatMap(({ group, folder }) =>
      Object.keys(group.programs).map((name) => [name, join(folder, name)] as const),
    ),
  );
  mkdirSync(dirname(paths.toolsFile), { recursive: true });
  replaceFile(paths.toolsFile, `${JSON.stringify(tools, null, 2)}\n`);

  link(join(paths.bin, "node"), process.execPath);
  for (const name of ON_PATH) {
    const tool = tools[name];
    if (tool === undefined) rmSync(join(paths.bin, name), { force: true });
    else link(join(paths.bin, name), tool);
  }
  const cli = choice.cli?.path ?? tools["pulumi"];
  if (cli === undefined)
    throw new Error("No Pulumi CLI was found, downloaded or built. Run scripts/setup-tools again.");
  link(paths.cli, cli);
  const pulumi = join(paths.bin, "pulumi");
  replaceFile(pulumi, `#!/bin/sh\nexec "${join(paths.root, "scripts", "lib", "pulumi")}" "$@"\n`);
  chmodSync(pulumi, 0o755);
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
