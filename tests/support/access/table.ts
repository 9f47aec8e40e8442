import assert from "node:assert/strict";

/** What an attempt came to, as the service says it: `HTTP 401`, `NOAUTH`, the code of an error. */
export type Outcome = string;

/** An attempt and how it must end: exactly so, or with this in it where a service explains itself at length. */
export type Attempt = readonly [attempt: () => Promise<Outcome>, ends: Outcome | RegExp];

/** Why an attempt makes no sense at a service. */
export interface None {
  readonly none: string;
}

/** The ways in which somebody comes who must be refused. */
export const WAYS = ["anonymous", "wrong password", "expired token", "wrong role"] as const;

/** One service: who has the right credentials gets in, and everybody else is refused, each in a way that is known. */
export interface Row extends Readonly<Record<(typeof WAYS)[number], Attempt | None>> {
  /** The service and, where it has several doors, which. */
  readonly service: string;
  /** With the right credentials, by the same way as the others: shows that the service was reached at all. */
  readonly allowed: Attempt;
}

const isAttempt = (cell: Attempt | None): cell is Attempt => Array.isArray(cell);

/** Declares the tests of a table, the right credentials first; a refusal counts only where those were let in. */
export function describeAccess(rows: readonly Row[]): void {
  for (const row of rows)
    describe(row.service, () => {
      let reached = false;
      it(`lets in who may: ${row.allowed[1]}`, async () => {
        await holds(row.allowed);
        reached = true;
      });
      for (const way of WAYS) {
        const cell = row[way];
        if (!isAttempt(cell)) continue;
        it(`refuses ${way}: ${cell[1]}`, async () => {
          assert.ok(reached, "not even the right credentials were let in: a refusal proves nothing");
          await holds(cell);
        });
      }
    });
}

async function holds([attempt, ends]: Attempt): Promise<void> {
  const outcome = await attempt();
  if (typeof ends === "string") assert.equal(outcome, ends);
  else assert.match(outcome, ends);
}

/** The table for people: a service a paragraph, with what is refused how, and why a way makes no sense. */
export function accessLines(rows: readonly Row[]): string[] {
  const width = Math.max(...WAYS.map(({ length }) => length));
  return rows.flatMap((row) => [
    row.service,
    ...WAYS.map((way) => {
      const cell = row[way];
      return `  ${way.padEnd(width)}  ${isAttempt(cell) ? cell[1] : `- ${cell.none}`}`;
    }),
  ]);
}
