import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A value that is known only after an update (a "computed" in the engine's words). */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** A value that the engine must encrypt in state and hide in output. It may hold {@link UNKNOWN}. */
export class Secret {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value instanceof Secret ? value.value : value;
  }
}

/** A property value as a plugin sees it. Assets, archives and resource references stay plain objects with their signature key. */
export type Value = null | boolean | number | string | typeof UNKNOWN | Secret | readonly Value[] | PropertyMap;

/** Properties by name; a missing property is absent, never `undefined`. */
export type PropertyMap = { readonly [property: string]: Value };

/** JSON without secrets and unknowns. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [property: string]: Plain };

/**
 * Marks of the wire format, the SDK's own (`runtime/rpc`, which costs half a second to import; a test compares them).
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/sig/sig.go
 */
export const wire = {
  signature: "4dabf18193072939515e22adb298388d",
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  unknown: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
} as const;

/**
 * Unknowns of every type. The engine may send any of them, not only the one for strings.
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/plugin/rpc.go
 */
const unknownMarks: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  wire.unknown,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** True for a plain object, not for a list, a {@link Secret} or null. */
export function isMap(value: Value | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** True for a list. (`Array.isArray` does not narrow readonly lists.) */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Reads a value of the wire format. */
export function fromWire(value: unknown): Value {
  if (unknownMarks.has(value)) return UNKNOWN;
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(fromWire);
  const object = value as Record<string, unknown>;
  if (object[wire.signature] === wire.secret) return new Secret(fromWire(object["value"]));
  if (object[wire.signature] === wire.output) {
    const inner = "value" in object ? fromWire(object["value"]) : UNKNOWN;
    return object["secret"] === true ? new Secret(inner) : inner;
  }
  return Object.fromEntries(Object.entries(object).map(([key, member]) => [key, fromWire(member)]));
}

type Wire = null | boolean | number | string | Wire[] | { [key: string]: Wire };

/** Writes a value of the wire format. */
export function toWire(value: Value): Wire {
  if (value === UNKNOWN) return wire.unknown;
  if (value instanceof Secret) return { [wire.signature]: wire.secret, value: toWire(value.value) };
  if (isList(value)) return value.map(toWire);
  if (isMap(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key, toWire(member)]),
    );
  }
  return value;
}

/** Reads a message's properties; a missing message is an empty map. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
  return fromWire(struct?.toJavaScript() ?? {}) as PropertyMap;
}

/** Writes a message's properties. */
export function toStruct(properties: PropertyMap): Struct {
  return Struct.fromJavaScript(toWire(properties) as Record<string, Exclude<Wire, undefined>>);
}

/** The value without its secret wrappers, at every depth. Never log the result. */
export function reveal(value: Value): Value {
  if (value instanceof Secret) return reveal(value.value);
  if (isList(value)) return value.map(reveal);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, reveal(member)]));
  return value;
}

/** True if an {@link UNKNOWN} is anywhere inside. */
export function hasUnknown(value: Value): boolean {
  if (value === UNKNOWN) return true;
  if (value instanceof Secret) return hasUnknown(value.value);
  if (isList(value)) return value.some(hasUnknown);
  return isMap(value) && Object.values(value).some(hasUnknown);
}

/** The value as JSON, secrets revealed. @throws if it holds an unknown. Never log the result. */
export function toPlain(value: Value): Plain {
  if (hasUnknown(value)) throw new Error("the value is not known yet");
  return reveal(value) as Plain;
}

/** Marks in `value` what is secret at the same place in `pattern`. */
export function secretLike(value: Value, pattern: Value | undefined): Value {
  if (pattern instanceof Secret) return new Secret(value);
  if (isMap(value) && isMap(pattern)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, secretLike(member, pattern[key])]));
  }
  if (isList(value) && isList(pattern)) return value.map((member, index) => secretLike(member, pattern[index]));
  return value;
}
