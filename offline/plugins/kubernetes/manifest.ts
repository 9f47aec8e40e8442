import { isList, isMap, type Plain, type PropertyMap, Secret, toPlain, type Value } from "../base/values";
import type { KubeObject } from "./object";

/**
 * Fields of JSON schemas in CustomResourceDefinitions, which the package's types spell with underscores.
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go (underscoreToDashMap)
 */
const schemaFields = [
  "embedded_resource",
  "int_or_string",
  "list_map_keys",
  "list_type",
  "map_type",
  "preserve_unknown_fields",
  "validations",
].map((field) => `x_kubernetes_${field}`);
const dashed = new Map(schemaFields.map((field) => [field, field.replaceAll("_", "-")]));
const underscored = new Map(schemaFields.map((field) => [field.replaceAll("_", "-"), field]));

/** Metadata that only the API server writes. */
const serverMetadata = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
] as const;

/** Inputs without nulls, status and what only the server writes. */
export function normalize(inputs: PropertyMap): PropertyMap {
  const { status: _, ...rest } = dropNulls(inputs) as PropertyMap;
  return updateMap(rest, "metadata", (metadata) => omit(metadata, serverMetadata));
}

/** What is sent to the API server. @throws if an input is unknown. Holds secrets: never log it. */
export function toManifest(inputs: PropertyMap): KubeObject {
  return renameKeys(toPlain(inputs), dashed) as KubeObject;
}

/** An object as properties, in the package's spelling. */
export function toProperties(object: KubeObject): PropertyMap {
  return renameKeys(object, underscored) as PropertyMap;
}

/** Inputs of an imported object: all of it but what only the server writes. */
export function inputsOfLive(live: KubeObject): PropertyMap {
  const inputs = normalize(toProperties(live));
  const mine = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];
  return updateMap(inputs, "metadata", (metadata) => updateMap(metadata, "annotations", (all) => omit(all, mine)));
}

function renameKeys(value: Plain, names: ReadonlyMap<string, string>): Plain {
  if (Array.isArray(value)) return value.map((member) => renameKeys(member, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [names.get(key) ?? key, renameKeys(member, names)]),
  );
}

function dropNulls(value: Value): Value {
  if (value instanceof Secret) return new Secret(dropNulls(value.value));
  if (isList(value)) return value.map(dropNulls);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, dropNulls(member)]),
  );
}

function updateMap(map: PropertyMap, key: string, change: (inner: PropertyMap) => PropertyMap): PropertyMap {
  const inner = map[key];
  if (inner instanceof Secret) return isMap(inner.value) ? { ...map, [key]: new Secret(change(inner.value)) } : map;
  return isMap(inner) ? { ...map, [key]: change(inner) } : map;
}

function omit(map: PropertyMap, keys: readonly string[]): PropertyMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}
