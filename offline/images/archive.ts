import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";

/** Where the archive of an image lies, or will. */
export const archiveOf = (reference: string): string =>
  join(paths.imageCache, `${reference.replace(/^localhost\/platform\//, "").replace(/[^\w.-]+/g, "_")}.tar`);
