import { existsSync } from "node:fs";
import { readJson } from "./json-file";
import { paths } from "./paths";

/** Absolute path of a program that `scripts/setup-tools` built: `etcd`, `kubelet`, `kubectl`, `coredns`, ... Throws where it is not there. */
export function toolPath(name: string): string {
  const path = readJson<Readonly<Record<string, string>>>(paths.toolsFile, "Run scripts/setup-tools.")?.[name];
  if (path === undefined || !existsSync(path))
    throw new Error(`The program "${name}" is not built yet. Run scripts/setup-tools.`);
  return path;
}
