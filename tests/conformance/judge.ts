import assert from "node:assert/strict";
import type { Expectation, Json, Seen, World } from "./case";

/** Fails with what was expected and what was seen, unless a step did to a case's resources what it must. */
export async function judge(expected: Expectation, seen: Seen, world: World): Promise<void> {
  for (const [name, resource] of Object.entries(seen.resources)) {
    const needles = expected.errors?.[name];
    if (needles === undefined) assert.equal(resource.error, "", `${name} must not fail`);
  }
  for (const [name, needles] of Object.entries(expected.errors ?? {})) {
    const error = seen.resources[name]?.error ?? "";
    assert.notEqual(error, "", `${name} must fail`);
    for (const needle of needles) {
      assert.ok(
        typeof needle === "string" ? error.includes(needle) : needle.test(error),
        `${name}: ${needle} is missing in: ${error}`,
      );
    }
  }
  for (const [name, op] of Object.entries(expected.ops ?? {}))
    assert.equal(seen.resources[name]?.op, op, `operation of ${name}, which differs in ${seen.resources[name]?.diff}`);
  for (const [name, paths] of Object.entries(expected.diff ?? {})) {
    for (const path of paths) {
      const diff = seen.resources[name]?.diff ?? [];
      assert.ok(diff.includes(path), `the diff of ${name} must have ${path}, it has ${diff.join(", ") || "nothing"}`);
    }
  }
  for (const [name, part] of Object.entries(expected.outputs ?? {}))
    contains(seen.resources[name]?.outputs, part, name);
  await expected.also?.(seen, world);
}

/** Fails unless `actual` has all that `part` has; a RegExp stands for a text that it matches, `undefined` for absence. */
export function contains(actual: Json, part: Json, path: string): void {
  if (part instanceof RegExp) assert.match(String(actual), part, path);
  else if (typeof part === "object" && part !== null && !Array.isArray(part)) {
    for (const [key, member] of Object.entries(part)) {
      contains((actual as Readonly<Record<string, Json>> | undefined)?.[key], member, `${path}.${key}`);
    }
  } else assert.deepEqual(actual, part, path);
}
