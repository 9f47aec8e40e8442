import assert from "node:assert/strict";
import type { Target } from "../../environment";
import { type Edits, inBrief, problemsOf } from "./samples";

/** Title, edits that make the input wrong, and every problem that must be reported: kind, path, and suggestion after `>`. */
export type Case = readonly [title: string, edits: Edits, ...problems: string[]];

/** Tests that each case is refused with exactly its problems, found in the input that was edited. */
export function refused(group: string, target: Target, input: "definition" | "config", cases: readonly Case[]): void {
  describe(group, () => {
    for (const [title, edits, ...expected] of cases) {
      it(title, () => {
        const problems = problemsOf(target, { [input]: edits });
        assert.deepEqual(problems.map(inBrief), expected);
        assert.ok(problems.every(({ source }) => source === input));
      });
    }
  });
}
