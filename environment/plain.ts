import type { Finding, PathSegment } from "./problem";

/** A mapping of plain data. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping: an object that is neither a list nor of a class. */
export function isMapping(value: unknown): value is Mapping {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The entry of that very key, never something that every object inherits (`constructor`). */
export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The value at a path; undefined where the path leads nowhere. */
export function valueAt(root: unknown, path: readonly PathSegment[]): unknown {
  return path.reduce<unknown>((value, segment) => {
    if (Array.isArray(value)) return value[Number(segment)];
    return isMapping(value) ? own(value, String(segment)) : undefined;
  }, root);
}

/** Deeper data is refused: nothing in an environment is, and every walk over the data ends. */
const DEEPEST = 40;

/**
 * Copies data that came from outside into plain mappings, lists and scalars. What is none of these is left out and reported:
 * cycles (YAML anchors can make them), functions, instances of classes, and keys that JavaScript treats as its own.
 */
export function plainCopy(input: unknown): { readonly value: unknown; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const copies = new Map<object, unknown>();
  const open = new Set<object>();

  const refuse = (path: readonly PathSegment[], value: string, message: string) => {
    findings.push({ path, kind: "type", value, allowed: "plain data", message });
    return undefined;
  };
  const copy = (value: unknown, path: readonly PathSegment[]): unknown => {
    if (value === null || ["string", "number", "boolean", "undefined"].includes(typeof value)) return value;
    if (typeof value !== "object") return refuse(path, `(${typeof value})`, `A ${typeof value} is no data.`);
    if (open.has(value)) return refuse(path, "(cycle)", "This refers back to something that contains it.");
    if (copies.has(value)) return copies.get(value);
    if (path.length > DEEPEST) return refuse(path, "(too deep)", `Data is nested deeper than ${DEEPEST} levels.`);
    open.add(value);
    const copied = copyOpened(value, path);
    open.delete(value);
    copies.set(value, copied);
    return copied;
  };
  const copyOpened = (value: object, path: readonly PathSegment[]): unknown => {
    if (Array.isArray(value)) return Array.from(value, (item, index) => copy(item, [...path, index]));
    if (!isMapping(value)) return refuse(path, "(object)", "An object of a class is no data.");
    const kept = Object.entries(value).filter(([key]) => {
      if (key !== "__proto__") return true;
      refuse([...path, key], "(mapping)", "JavaScript takes the key __proto__ for itself.");
      return false;
    });
    return Object.fromEntries(kept.map(([key, item]) => [key, copy(item, [...path, key])]));
  };
  return { value: copy(input, []), findings };
}

/**
 * The data with undefined in place of what stands at the given paths. Keys and the length of lists stay, so that a name is still
 * known though what it names is wrong.
 */
export function without(value: unknown, paths: readonly (readonly PathSegment[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return undefined;
  if (paths.length === 0) return value;
  const inside = (key: PathSegment) => paths.filter(([first]) => first === key).map(([, ...rest]) => rest);
  if (Array.isArray(value)) return value.map((item, index) => without(item, inside(index)));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, without(item, inside(key))]));
}

/** `over` laid upon `base`: mappings are merged entry by entry, all else is replaced. */
export function merge(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isMapping(base) || !isMapping(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(own(base, key), own(over, key))]));
}

/** Freezes data and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inside of Object.values(value)) deepFreeze(inside);
  }
  return value;
}
