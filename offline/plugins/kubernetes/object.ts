import type { Plain } from "../base/values";

/** A Kubernetes object as the API server sends it. */
export type KubeObject = { readonly [field: string]: Plain };

/** The value at a path of fields and indexes; undefined where the path ends early. */
export function at(object: Plain | undefined, ...path: readonly (string | number)[]): Plain | undefined {
  let value = object;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, Plain | undefined>)[step];
  }
  return value;
}

export function textAt(object: Plain | undefined, ...path: readonly (string | number)[]): string | undefined {
  const value = at(object, ...path);
  return typeof value === "string" ? value : undefined;
}

export function numberAt(object: Plain | undefined, ...path: readonly (string | number)[]): number | undefined {
  const value = at(object, ...path);
  return typeof value === "number" ? value : undefined;
}

/** The list at a path; empty where there is none. */
export function listAt(object: Plain | undefined, ...path: readonly (string | number)[]): readonly Plain[] {
  const value = at(object, ...path);
  return Array.isArray(value) ? value : [];
}

/** The map at a path; empty where there is none. */
export function mapAt(object: Plain | undefined, ...path: readonly (string | number)[]): KubeObject {
  const value = at(object, ...path);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as KubeObject) : {};
}

export const nameOf = (object: KubeObject): string => textAt(object, "metadata", "name") ?? "";
export const namespaceOf = (object: KubeObject): string | undefined => textAt(object, "metadata", "namespace");
export const annotationOf = (object: KubeObject, key: string): string | undefined =>
  textAt(object, "metadata", "annotations", key);

/** An object's id in the state: `namespace/name`, or `name` where the kind has no namespaces. */
export function idOf(object: KubeObject): string {
  const namespace = namespaceOf(object);
  return namespace === undefined ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}

/** @throws if the id is neither `name` nor `namespace/name`, as a user may give it to `pulumi import`. */
export function parseId(id: string): { readonly name: string; readonly namespace?: string } {
  const parts = id.split("/");
  const [first = "", second] = parts;
  if (parts.length > 2 || parts.includes("")) {
    throw new Error(`"${id}" is no object's id. Use "name", or "namespace/name" for a kind with namespaces.`);
  }
  return second === undefined ? { name: first } : { namespace: first, name: second };
}

/** `Deployment "web/api"`: how messages call an object. */
export function describe(object: KubeObject): string {
  return `${textAt(object, "kind") ?? "object"} "${idOf(object)}"`;
}

/** A copy with a value at a path of fields; maps on the way are made. */
export function withField(object: KubeObject, path: readonly string[], value: Plain): KubeObject {
  const [step, ...rest] = path;
  if (step === undefined) return object;
  return { ...object, [step]: rest.length === 0 ? value : withField(mapAt(object, step), rest, value) };
}

/** A copy without the field at a path; the same object if it has none. */
export function withoutField(object: KubeObject, path: readonly string[]): KubeObject {
  const [step, ...rest] = path;
  if (step === undefined || object[step] === undefined) return object;
  if (rest.length > 0) {
    const inner = object[step];
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return object;
    return { ...object, [step]: withoutField(inner as KubeObject, rest) };
  }
  const { [step]: _, ...remaining } = object;
  return remaining;
}
