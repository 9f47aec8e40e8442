import { isMap, type PropertyMap, UNKNOWN, type Value } from "../base/values";
import { toProperties } from "./manifest";
import type { KubeObject } from "./object";
import { markLike } from "./secrets";

/** Where the state keeps the name of the resource's field manager; the official plugin's key. */
const FIELD_MANAGER = "__fieldManager";

/** What the state keeps of an object: all of it but `managedFields`, and the field manager. */
export function outputsOf(live: KubeObject, inputs: PropertyMap, fieldManager: string): PropertyMap {
  const properties = toProperties(live);
  const metadata = properties["metadata"];
  const { managedFields: _, ...kept } = isMap(metadata) ? metadata : {};
  return { ...markLike({ ...properties, metadata: kept }, inputs), [FIELD_MANAGER]: fieldManager };
}

/** The field manager that an earlier run chose. */
export function fieldManagerIn(outputs: PropertyMap): string | undefined {
  const manager = outputs[FIELD_MANAGER];
  return typeof manager === "string" ? manager : undefined;
}

/** What only a real creation decides; a dry run makes it up. */
const decidedAtCreation: readonly (readonly string[])[] = [
  ["status"],
  ["metadata", "creationTimestamp"],
  ["metadata", "generation"],
  ["metadata", "resourceVersion"],
  ["metadata", "uid"],
  ["spec", "clusterIP"],
  ["spec", "clusterIPs"],
];

/** Outputs of a dry-run creation: made-up values become unknown, but for what the inputs say. */
export function outputsOfPreview(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  return decidedAtCreation.reduce((properties, path) => forget(properties, path, inputs), outputs);
}

function forget(properties: PropertyMap, [step, ...rest]: readonly string[], inputs: Value | undefined): PropertyMap {
  if (step === undefined || properties[step] === undefined) return properties;
  const input = isMap(inputs) ? inputs[step] : undefined;
  const inner = properties[step];
  if (rest.length > 0) return isMap(inner) ? { ...properties, [step]: forget(inner, rest, input) } : properties;
  return input === undefined ? { ...properties, [step]: UNKNOWN } : properties;
}
