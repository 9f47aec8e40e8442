import { existsSync, readFileSync } from "node:fs";
import { paths } from "./paths";

/** Absolute path of a program that `scripts/setup-tools` built: `etcd`, `kubelet`, `kubectl`, `coredns`, ... Throws where it is not there. */
export function toolPath(name: string): string {
  const path = recordedTools()[name];
  if (path === undefined || !existsSync(path))
    throw new Error(`The program "${name}" is not built yet. Run scripts/setup-tools.`);
  return path;
}

/** What `.platform/tools.json` holds; nothing where set-up has not run. */
function recordedTools(): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(paths.toolsFile, "utf8")) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`${paths.toolsFile} cannot be read (${(error as Error).message}). Run scripts/setup-tools.`);
  }
}
