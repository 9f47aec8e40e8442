import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ImageName } from "../../images/catalog";
import { paths } from "../../scripts/lib/paths";

/** How many archives of an image are kept: the current one, and one for the clone or branch beside this. */
const KEPT = 2;

/** Where the archive of an image lies, or will. */
export const archiveOf = (reference: string): string =>
  join(paths.imageCache, `${reference.replace(/^localhost\/platform\//, "").replace(/[^\w.-]+/g, "_")}.tar`);

/** Takes away the archives of an image that was built here but for the newest ones. */
export function removeOutdated(name: ImageName): void {
  const files = readdirSync(paths.imageCache).map((file) => ({
    file,
    modified: statSync(join(paths.imageCache, file)).mtimeMs,
  }));
  for (const file of outdated(name, files)) rmSync(join(paths.imageCache, file), { force: true });
}

/** Those files that are older archives of an image than the two newest. */
export function outdated(name: string, files: readonly { file: string; modified: number }[]): string[] {
  return files
    .filter(({ file }) => file.startsWith(`${name}_`) && /-[0-9a-f]{12}\.tar$/.test(file))
    .sort((a, b) => b.modified - a.modified)
    .slice(KEPT)
    .map(({ file }) => file);
}
