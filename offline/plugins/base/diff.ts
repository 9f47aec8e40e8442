import { isList, isMap, type PropertyMap, reveal, Secret, type Value } from "./values";

/** A step from a value to one inside it: a property's name or a list's index. */
export type Step = string | number;

/** One difference between two property maps. */
export interface Change {
  readonly path: readonly Step[];
  readonly kind: "add" | "delete" | "update";
}

/** A path as the engine reads it: `spec.ports[0]["a.b"]`. */
export function formatPath(path: readonly Step[]): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z_$][\w$]*$/.test(step)) return `["${step.replaceAll('"', '\\"')}"]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}

/** True if both are the same, secrecy aside. An unknown equals nothing but an unknown. */
export function sameValue(left: Value, right: Value): boolean {
  return changesBetween({ value: reveal(left) }, { value: reveal(right) }).length === 0;
}

/** Every difference from `olds` to `news`, leaves only, in the order of the new properties. Secrecy alone is no difference. */
export function changesBetween(olds: PropertyMap, news: PropertyMap): Change[] {
  const changes: Change[] = [];
  compareMaps(olds, news, [], changes);
  return changes;
}

function compareMaps(olds: PropertyMap, news: PropertyMap, path: readonly Step[], into: Change[]): void {
  for (const [key, value] of Object.entries(news)) {
    const old = olds[key];
    if (old === undefined) into.push({ path: [...path, key], kind: "add" });
    else compare(old, value, [...path, key], into);
  }
  for (const key of Object.keys(olds)) {
    if (news[key] === undefined) into.push({ path: [...path, key], kind: "delete" });
  }
}

function compare(old: Value, value: Value, path: readonly Step[], into: Change[]): void {
  if (old instanceof Secret) compare(old.value, value, path, into);
  else if (value instanceof Secret) compare(old, value.value, path, into);
  else if (isMap(old) && isMap(value)) compareMaps(old, value, path, into);
  else if (isList(old) && isList(value)) {
    for (let index = 0; index < Math.max(old.length, value.length); index++) {
      const before = old[index];
      const after = value[index];
      if (before === undefined) into.push({ path: [...path, index], kind: "add" });
      else if (after === undefined) into.push({ path: [...path, index], kind: "delete" });
      else compare(before, after, [...path, index], into);
    }
  } else if (old !== value) into.push({ path, kind: "update" });
}
