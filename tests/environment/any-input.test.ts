import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { definition, loadEnvironment, PROBLEM_KINDS, renderProblems, TARGETS } from "../../environment";
import { definitionSchema } from "../../environment/schema/definition";
import { committed, edited } from "./samples";

/** Loads, and looks at the answer as its readers do: nothing may throw, and every problem is whole. */
function answers(whole: unknown, config: unknown): void {
  const result = loadEnvironment(whole, config);
  if (result.ok) return;
  assert.ok(result.problems.length > 0);
  assert.ok(
    result.problems.every(
      ({ kind, allowed, message }) => PROBLEM_KINDS.includes(kind) && allowed !== "" && message !== "",
    ),
  );
  renderProblems(result.problems, "dev");
}

/** Every path of the data, as `edited` takes them. */
function pathsOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, item]) => pathsOf(item, path === "" ? key : `${path}/${key}`));
  return path === "" ? inside : [path, ...inside];
}

const anything = fc.oneof(fc.jsonValue(), fc.anything(), fc.constantFrom("", "constructor", "*", -1, Number.NaN, 10n));

describe("no input crashes the loader", () => {
  it("random JSON", () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), answers), { numRuns: 200 });
  });

  it("random values of any type under the right keys", () => {
    const keys = fc.constantFrom(...Object.keys(definitionSchema.shape), "target", "network", "nodes", "layers");
    const mapping = fc.dictionary(keys, anything);
    fc.assert(fc.property(mapping, mapping, answers), { numRuns: 200 });
  });

  it("the right data with random values anywhere", () => {
    const target = fc.constantFrom(...TARGETS.map(committed));
    const wrong = fc.dictionary(fc.constantFrom(...pathsOf(definition)), anything, { maxKeys: 3 });
    fc.assert(
      fc.property(target, wrong, (where, edits) => answers(edited(definition, edits), where)),
      { numRuns: 200 },
    );
    for (const config of TARGETS.map(committed)) {
      const edits = fc.dictionary(fc.constantFrom(...pathsOf(config)), anything, { maxKeys: 3 });
      fc.assert(
        fc.property(edits, (wrongConfig) => answers(definition, edited(config, wrongConfig))),
        { numRuns: 70 },
      );
    }
  });

  it("a mapping that is none, which others refer to", () => {
    for (const path of Object.keys(definition)) answers(edited(definition, { [path]: "" }), committed("dev"));
  });

  it("random YAML", () => {
    const piece = fc.constantFrom(
      "kafka:",
      "  topics: &a",
      "\n",
      "- ",
      "*a",
      "  x: *a",
      "target: dev",
      "? [a]",
      "? : ",
      "<<: *a",
      "!!set {a}",
      "!!binary aGk=",
      "1e400",
      ".nan",
      "~",
      "{",
      "}",
      "[",
      "]",
      "__proto__: 1",
      "hosts: {a: &b {c: *b}}",
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("\n")),
      fc.string(),
    );
    let read = 0;
    fc.assert(
      fc.property(text, (yaml) => {
        let data: unknown;
        try {
          data = parse(yaml, { logLevel: "silent", merge: true });
        } catch {
          return; // YAML that cannot be read never reaches the loader.
        }
        read++;
        answers(data, data);
      }),
      { numRuns: 500 },
    );
    assert.ok(read > 100);
  });

  it("data that contains itself", () => {
    const cycle: Record<string, unknown> = { kafka: {} };
    cycle["kafka"] = { topics: cycle };
    answers(cycle, cycle);
    const list: unknown[] = [];
    list.push(list);
    answers(list, { layers: list });
  });
});
