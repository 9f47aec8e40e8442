import { z } from "zod";
import { nearest } from "./nearest";
import { isMapping, own, valueAt } from "./plain";
import type { Finding, PathSegment } from "./problem";
import type { TextFormat } from "./schema/values";

/** Names of entries whose value is never shown, wherever it stands: it may be a secret in the wrong place. */
const SECRETIVE = /pass(word|phrase|wd)?$|secret|token|credential|(api|access|private)_?key/i;

/** Characters of a text that are shown. */
const LONGEST_SHOWN = 100;

/** A value as a problem may show it: scalars as they are, the rest described, what may be a secret hidden. */
function shown(path: readonly PathSegment[], value: unknown): unknown {
  if (path.some((segment) => typeof segment === "string" && SECRETIVE.test(segment))) return "(hidden)";
  if (Array.isArray(value)) return `(list of ${value.length})`;
  if (typeof value === "string" && value.length > LONGEST_SHOWN) return `${value.slice(0, LONGEST_SHOWN)}...`;
  return isMapping(value) ? "(mapping)" : value;
}

/** The schema without what only says that a value may be left out. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional || schema instanceof z.ZodDefault) {
    return unwrapped(schema.unwrap());
  }
  return schema;
}

/** The schema for the value at a path. */
function schemaAt(schema: z.core.$ZodType, path: readonly PathSegment[]): z.core.$ZodType | undefined {
  return path.reduce<z.core.$ZodType | undefined>((outer, segment) => {
    const inner = outer === undefined ? undefined : unwrapped(outer);
    if (inner instanceof z.ZodObject) return own(inner.shape, String(segment));
    if (inner instanceof z.ZodRecord) return inner.valueType;
    return inner instanceof z.ZodArray ? inner.element : undefined;
  }, schema);
}

/** What a schema accepts, in words. */
function allowedBy(schema: z.core.$ZodType | undefined): string {
  const inner = schema === undefined ? undefined : unwrapped(schema);
  if (inner instanceof z.ZodEnum) return `one of ${inner.options.join(", ")}`;
  if (inner instanceof z.ZodLiteral) return [...inner.values].join(", ");
  if (inner instanceof z.ZodBoolean) return "true or false";
  if (inner instanceof z.ZodNumber) return `a whole number from ${inner.minValue} to ${inner.maxValue}`;
  if (inner instanceof z.ZodString) return String(inner.meta()?.["allowed"] ?? "a text that is not empty");
  if (inner instanceof z.ZodArray) return `a list, each ${allowedBy(inner.element)}`;
  if (inner instanceof z.ZodRecord) return "a mapping from names";
  return inner instanceof z.ZodObject ? `a mapping with ${Object.keys(inner.shape).join(", ")}` : "something else";
}

function suggestionFor(schema: z.core.$ZodType | undefined, value: unknown): string | undefined {
  const inner = schema === undefined ? undefined : unwrapped(schema);
  if (inner instanceof z.ZodEnum && typeof value === "string") return nearest(value, inner.options.map(String));
  if (inner instanceof z.ZodNumber && typeof value === "string" && /^\d+$/.test(value)) return value;
  if (inner instanceof z.ZodString && typeof value === "number") {
    const { success, error } = z.safeParse(inner, String(value));
    return success ? JSON.stringify(String(value)) : formatOf(error.issues[0])?.suggest?.(String(value));
  }
  if (inner instanceof z.ZodBoolean && typeof value === "string") {
    if (/^(true|yes|on)$/i.test(value)) return "true";
    if (/^(false|no|off)$/i.test(value)) return "false";
  }
  return undefined;
}

const optional = (suggestion: string | undefined) => (suggestion === undefined ? {} : { suggestion });

function unknownKeys(
  issue: z.core.$ZodIssueUnrecognizedKeys,
  path: readonly PathSegment[],
  schema: z.core.$ZodType,
): Finding[] {
  const inner = schemaAt(schema, path);
  const shape = inner === undefined ? undefined : unwrapped(inner);
  const known = shape instanceof z.ZodObject ? Object.keys(shape.shape) : [];
  return issue.keys.map((key) => ({
    path: [...path, key],
    kind: "unknown-key",
    value: key,
    allowed: `one of ${known.join(", ")}`,
    ...optional(nearest(key, known)),
    message: `Nothing is called ${key} here.`,
  }));
}

function wrongKey(
  issue: z.core.$ZodIssueInvalidKey,
  path: readonly PathSegment[],
  schema: z.core.$ZodType,
  root: unknown,
) {
  const key = String(path.at(-1));
  const { allowed, suggest } = formatOf(issue.issues[0]) ?? { allowed: "another name" };
  const wrong: Finding = {
    path,
    kind: "name",
    value: key,
    allowed,
    ...optional(suggest?.(key)),
    message: `${JSON.stringify(key)} cannot be a name here.`,
  };
  // zod does not look at the value of a key that it refuses.
  const inner = schemaAt(schema, path);
  return [
    wrong,
    ...(inner === undefined ? [] : shapeFindings(inner, valueAt(root, path)).map((finding) => nested(path, finding))),
  ];
}

const nested = (path: readonly PathSegment[], finding: Finding): Finding => ({
  ...finding,
  path: [...path, ...finding.path],
});

function formatOf(issue: z.core.$ZodIssue | undefined): TextFormat | undefined {
  return issue?.code === "custom" ? (issue.params as TextFormat | undefined) : undefined;
}

function findingsOf(issue: z.core.$ZodIssue, schema: z.core.$ZodType, root: unknown): Finding[] {
  const path = issue.path.map((segment) => (typeof segment === "number" ? segment : String(segment)));
  const raw = valueAt(root, path);
  const value = shown(path, raw);
  const inner = schemaAt(schema, path);
  const allowed = allowedBy(inner);
  const suggestion = optional(suggestionFor(inner, raw));
  const finding = (kind: Finding["kind"], message: string): Finding[] => [
    { path, kind, value, allowed, ...suggestion, message },
  ];
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownKeys(issue, path, schema);
    case "invalid_key":
      return wrongKey(issue, path, schema, root);
    case "invalid_type":
      return raw === undefined
        ? finding("missing", "A value is required here.")
        : finding("type", "The value is of the wrong type.");
    case "invalid_value":
      return raw === undefined
        ? finding("missing", "A value is required here.")
        : finding("choice", "The value is none of those allowed.");
    case "too_small":
    case "too_big": {
      const { minimum, maximum } = { minimum: undefined, maximum: undefined, ...issue };
      const limit = minimum === undefined ? `at most ${maximum}` : `at least ${minimum}`;
      if (Array.isArray(raw))
        return [{ path, kind: "range", value, allowed: `${limit} of them`, message: "The list has the wrong length." }];
      return finding(typeof raw === "string" ? "format" : "range", `The value is beyond its limits: ${limit}.`);
    }
    default: {
      const format = formatOf(issue);
      if (format === undefined) return finding("type", "The value does not fit.");
      const near = typeof raw === "string" ? optional(format.suggest?.(raw)) : {};
      return [
        { path, kind: format.kind, value, allowed: format.allowed, ...near, message: "The value has the wrong form." },
      ];
    }
  }
}

/** Everything about the shape of the data that a schema refuses. Never throws. */
export function shapeFindings(schema: z.core.$ZodType, root: unknown): Finding[] {
  const result = z.safeParse(schema, root);
  return result.success ? [] : result.error.issues.flatMap((issue) => findingsOf(issue, schema, root));
}
