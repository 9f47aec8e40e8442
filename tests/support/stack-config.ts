import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { paths } from "../../scripts/lib/paths";
import { sdkSettings } from "../../scripts/lib/stack-file";

/** The settings of a committed stack file, by their whole keys. */
export function stackConfig(stack: string): Record<string, unknown> {
  return parse(readFileSync(join(paths.root, `Pulumi.${stack}.yaml`), "utf8")).config;
}

/** The same as the SDK wants them. Changed settings where given. */
export function sdkConfig(stack: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return sdkSettings({ ...stackConfig(stack), ...changes });
}
