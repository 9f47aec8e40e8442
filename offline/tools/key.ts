import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import type { Group } from "./groups";

/** All that the binaries of a group follow from. */
export interface Ingredients {
  readonly group: Group;
  readonly goMod: string;
  readonly goSum: string;
  /** `go1.26.8`. */
  readonly goVersion: string;
  /** `linux/amd64`. */
  readonly target: string;
}

/** Twelve hex digits that change when anything does that the binaries follow from. */
export function keyOf({ group, goMod, goSum, goVersion, target }: Ingredients): string {
  return createHash("sha256")
    .update(JSON.stringify([group.name, Object.entries(group.programs), group.flags, goMod, goSum, goVersion, target]))
    .digest("hex")
    .slice(0, 12);
}

/** Folder of a group's sources of truth: go.mod and go.sum. */
export const moduleFolder = (group: Group): string => join(paths.root, "offline", "go", group.name);

/** Where the binaries of a group lie, or will once they are built with this Go. */
export function binariesOf(group: Group, go: { version: string; target: string }): string {
  const folder = moduleFolder(group);
  const key = keyOf({
    group,
    goMod: readFileSync(join(folder, "go.mod"), "utf8"),
    goSum: readFileSync(join(folder, "go.sum"), "utf8"),
    goVersion: go.version,
    target: go.target,
  });
  return join(paths.toolCache, `${group.name}-${key}`);
}
