import type { Unchecked } from "../environment";
import { nearest } from "../nearest";
import type { Finding, PathSegment } from "../problem";

/** Looks at what several values say together. Gets only what has the right shape; what is missing it leaves to others. */
export type Rule = (environment: Unchecked) => readonly Finding[];

/** The entries of a mapping that are there. */
export function entries<T>(record: Readonly<Record<string, T | undefined>> | undefined): [string, T][] {
  return Object.entries(record ?? {}).filter((entry): entry is [string, T] => entry[1] !== undefined);
}

/** Whether a name is declared, rightly or not; also when that cannot be said because the whole mapping is wrong. */
export function declared(record: Readonly<Record<string, unknown>> | undefined, name: string): boolean {
  return record === undefined || Object.hasOwn(record, name);
}

/** A finding that a name means nothing, with the nearest that does. */
export function unknownName(
  path: readonly PathSegment[],
  value: string,
  what: string,
  known: readonly string[],
): Finding {
  const suggestion = nearest(value, known);
  return {
    path,
    kind: "reference",
    value,
    allowed: known.length === 0 ? `none: there is no ${what}` : `one of ${known.join(", ")}`,
    ...(suggestion === undefined ? {} : { suggestion }),
    message: `There is no ${what} ${JSON.stringify(value)}.`,
  };
}

/** The items that come again, each with its place and that of the first. */
export function repeated<T>(items: readonly T[], keyOf: (item: T) => unknown): { item: T; first: T }[] {
  const firsts = new Map<unknown, T>();
  return items.flatMap((item) => {
    const key = keyOf(item);
    const first = firsts.get(key);
    if (first !== undefined) return [{ item, first }];
    firsts.set(key, item);
    return [];
  });
}
