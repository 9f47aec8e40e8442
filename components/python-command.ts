import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Holds in the sources and in the bundle that Pulumi starts, whose `__dirname` is stacks/ (scripts/lib/typescript.cjs). */
const FOLDER = join(__dirname, "..", "components");

/**
 * What runs a Python program in an image that does not hold it, with its arguments. `file` is relative to components/. Kubernetes
 * would put a variable in the place of a `$(NAME)`, so no program may have one.
 */
export function pythonCommand(file: string, ...args: readonly string[]): string[] {
  return ["python3", "-c", readFileSync(join(FOLDER, file), "utf8"), ...args];
}
