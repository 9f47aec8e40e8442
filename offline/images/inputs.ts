import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { IMAGES, type ImageName, type InputFile, ownReference } from "../../images/catalog";
import { paths } from "../../scripts/lib/paths";
import { groupOf } from "../tools/groups";
import { goFilesOf } from "../tools/key";

/** All that an image is made from: what its build sees, and the Go modules and own Go files of its program. */
export function inputsOf(name: ImageName): InputFile[] {
  const { program } = IMAGES[name];
  const group = program === undefined ? undefined : groupOf(program);
  const modules = group === undefined ? [] : ["go.mod", "go.sum", ...goFilesOf(group)];
  const files = modules.map((file) => `offline/go/${group?.name}/${file}`);
  return [...contextOf(name).map(({ file }) => file), ...files.flatMap(readTree)];
}

/** A file of the build's context. */
interface ContextFile {
  readonly file: InputFile;
  /** Relative to the context. */
  readonly target: string;
}

/** The files that a build sees: those of images/NAME at its root, other sources under their own paths. */
export function contextOf(name: ImageName): ContextFile[] {
  const folder = `images/${name}`;
  return [
    ...readTree(folder).map((file) => ({ file, target: file.path.slice(folder.length + 1) })),
    ...(IMAGES[name].sources ?? []).flatMap(readTree).map((file) => ({ file, target: file.path })),
  ];
}

/** The reference that an image has when it is built here, now. */
export const currentReference = (name: ImageName): string => ownReference(name, inputsOf(name));

/** The file at a path of the repository, or all files below it, but for what Python leaves behind. */
function readTree(path: string): InputFile[] {
  const absolute = join(paths.root, path);
  const status = statSync(absolute);
  if (!status.isDirectory())
    return [{ path, executable: (status.mode & 0o100) !== 0, content: readFileSync(absolute) }];
  return readdirSync(absolute)
    .filter((entry) => entry !== "__pycache__" && !entry.startsWith("."))
    .flatMap((entry) => readTree(`${path}/${entry}`));
}
