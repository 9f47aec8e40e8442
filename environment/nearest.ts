/**
 * How many single-character edits lead from one text to the other; swapping two neighbours counts as one edit (optimal string
 * alignment), since that is the commonest typing error. The libraries on npm count such a swap as two or bring more code than
 * these few lines.
 */
export function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const costs = [
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforePrevious[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      ];
      current.push(Math.min(...costs));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/** Texts longer than this are not compared: no name is, and the comparison's cost grows with the product of the lengths. */
const LONGEST_COMPARED = 80;

/** The candidate most like `text`, ignoring case, if it is near enough (a third of its length) to have been meant. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  if (text.length > LONGEST_COMPARED) return undefined;
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(text.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}
