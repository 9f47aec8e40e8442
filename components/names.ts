import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** Most characters that each kind of name may have. A Job's pods append a suffix of 6 to a name of at most 63. */
const LIMITS = { object: 63, job: 57 } as const;

/**
 * A physical name: the parts joined by `-` in lower case. Past the limit of its kind it is cut, and a hash of the whole keeps
 * two long names apart.
 */
export function physicalName(kind: keyof typeof LIMITS, ...parts: readonly string[]): string {
  const full = parts.join("-").toLowerCase();
  if (full.length <= LIMITS[kind]) return full;
  return `${full.slice(0, LIMITS[kind] - 7)}-${hash(full, 6)}`;
}

/** The first `digits` hex digits of the text's SHA-256. */
export function hash(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}

/**
 * The same of values that may be secret, to be shown in a name or an annotation: what depends on them is made anew when they
 * change. Give only secrets that are long and random, which cannot be guessed from a hash.
 */
export function openHash(values: readonly pulumi.Input<unknown>[], digits: number): pulumi.Output<string> {
  return pulumi.unsecret(pulumi.jsonStringify(values).apply((text) => hash(text, digits)));
}
