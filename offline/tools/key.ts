import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import type { Group } from "./groups";

/** All that the binaries of a group follow from. */
export interface Ingredients {
  readonly group: Group;
  readonly goMod: string;
  readonly goSum: string;
  /** The group's own Go files, where a program is ours. @default none */
  readonly sources?: string;
  /** `go1.26.8`. */
  readonly goVersion: string;
  /** `linux/amd64`. */
  readonly target: string;
}

/** Twelve hex digits that change when anything does that the binaries follow from. */
export function keyOf({ group, goMod, goSum, sources, goVersion, target }: Ingredients): string {
  const own = sources === undefined ? [] : [sources];
  const programs = Object.entries(group.programs);
  return createHash("sha256")
    .update(JSON.stringify([group.name, programs, group.flags, goMod, goSum, goVersion, target, ...own]))
    .digest("hex")
    .slice(0, 12);
}

/** Folder of a group's sources of truth: go.mod and go.sum, and Go files where a program is ours. */
export const moduleFolder = (group: Group): string => join(paths.root, "offline", "go", group.name);

/** Names of the Go files in a group's folder. */
export const goFilesOf = (group: Group): string[] =>
  readdirSync(moduleFolder(group))
    .filter((file) => file.endsWith(".go"))
    .sort();

/** Where the binaries of a group lie, or will once they are built with this Go. */
export function binariesOf(group: Group, go: { version: string; target: string }): string {
  const folder = moduleFolder(group);
  const sources = goFilesOf(group).map((file) => readFileSync(join(folder, file), "utf8"));
  const key = keyOf({
    group,
    goMod: readFileSync(join(folder, "go.mod"), "utf8"),
    goSum: readFileSync(join(folder, "go.sum"), "utf8"),
    ...(sources.length === 0 ? {} : { sources: sources.join("\0") }),
    goVersion: go.version,
    target: go.target,
  });
  return join(paths.toolCache, `${group.name}-${key}`);
}
