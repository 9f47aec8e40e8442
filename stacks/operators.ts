import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../components/manifest-object";
import { lockedManifest } from "../components/operator-manifest";

/** The objects of an operator's release, by its name in components/operators.lock.json. */
export type Operators = (name: Parameters<typeof lockedManifest>[0]) => Manifest[];

/** The operators as `scripts/operators` left them in a repository. Throws where one is not there or not the locked one. */
export function fetchedOperators(root: string): Operators {
  return (name) => lockedManifest(name, read(join(root, ".platform", "operators", `${name}.json`)));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new pulumi.RunError("The manifests of the operators are not there. Run scripts/operators.");
  }
}
