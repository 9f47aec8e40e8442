import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { paths } from "../../scripts/lib/paths";

/** The settings of a committed stack file, by their whole keys. */
export function stackConfig(stack: string): Record<string, unknown> {
  return parse(readFileSync(join(paths.root, `Pulumi.${stack}.yaml`), "utf8")).config;
}
