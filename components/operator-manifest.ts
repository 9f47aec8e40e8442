import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "./manifest-object";
import lock from "./operators.lock.json";

/**
 * The objects of an operator from the text that `scripts/operators` wrote. Throws where it is not what the committed lock says, so
 * that nothing unreviewed gets into a cluster.
 */
export function lockedManifest(operator: keyof typeof lock, text: string): Manifest[] {
  const found = createHash("sha256").update(text).digest("hex");
  if (found === lock[operator].rendered) return JSON.parse(text) as Manifest[];
  throw new pulumi.RunError(
    `The manifest of ${operator} has SHA-256 ${found}, components/operators.lock.json says ${lock[operator].rendered}. ` +
      "Run scripts/operators.",
  );
}
