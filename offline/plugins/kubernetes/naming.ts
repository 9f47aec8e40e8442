import { createHash } from "node:crypto";
import type { CheckRequest } from "../base/plugin";
import { isMap, type PropertyMap, Secret, UNKNOWN, type Value } from "../base/values";
import { annotations, isMarkedIn } from "./annotations";

type NameRequest = Pick<CheckRequest, "name" | "olds" | "news" | "seed" | "autonaming">;

/**
 * Inputs with a name. A new object without `metadata.name` and `metadata.generateName` gets the resource's name, a dash and 8
 * hexadecimal digits, and is marked as autonamed; one that has such a name already keeps it.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
 */
export function withName({ name, olds, news, seed, autonaming }: NameRequest): PropertyMap {
  const metadata = metadataOf(news);
  if (metadata === undefined || hasValue(metadata["name"])) return news;
  const old = metadataOf(olds);
  if (old !== undefined && isAutonamed(olds) && hasValue(old["name"]))
    return setName(news, metadata, old["name"] ?? null);
  if (Object.keys(olds).length > 0 || hasValue(metadata["generateName"])) return news;
  if (autonaming?.mode === "disable") {
    throw new Error(`resource "${name}" has no metadata.name, and pulumi:autonaming is disabled. Set metadata.name.`);
  }
  const suffix = createHash("sha256").update(seed).update(name).digest("hex").slice(0, 8);
  return setName(news, metadata, autonaming?.name || `${name}-${suffix}`);
}

/** True if the plugin chose the object's name. */
export function isAutonamed(inputs: PropertyMap): boolean {
  return isMarkedIn(inputs, annotations.autonamed);
}

/** The metadata, out of its secret wrapper if it has one; empty if absent, undefined if unknown as a whole. */
function metadataOf(inputs: PropertyMap): PropertyMap | undefined {
  const metadata = inputs["metadata"] instanceof Secret ? inputs["metadata"].value : inputs["metadata"];
  if (metadata === UNKNOWN) return undefined;
  return isMap(metadata) ? metadata : {};
}

function hasValue(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== "";
}

function setName(inputs: PropertyMap, metadata: PropertyMap, name: Value): PropertyMap {
  const marks = metadata["annotations"];
  if (marks === UNKNOWN) return inputs;
  const named: PropertyMap = {
    ...metadata,
    name,
    annotations: { ...(isMap(marks) ? marks : {}), [annotations.autonamed]: "true" },
  };
  return { ...inputs, metadata: inputs["metadata"] instanceof Secret ? new Secret(named) : named };
}

/** The manager of a resource's fields in server-side apply; the same in every run, so that a repeated step owns what it made. */
export function fieldManagerOf(urn: string): string {
  return `pulumi-kubernetes-${createHash("sha256").update(urn).digest("hex").slice(0, 8)}`;
}
