import type { ConformanceCase } from "./case";

/**
 * Cases that can share a stack and run in lockstep: their commands are the same, or the first ones of another's, whose
 * last ones then find nothing to do. The case with the most commands comes first in its group.
 *
 * A case in which something fails stays among its like: where a resource fails, the program fails, and the engine then
 * deletes nothing that other cases dropped.
 */
export function groupsOf<T extends { readonly test: ConformanceCase }>(members: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (const member of [...members].sort((a, b) => b.test.steps.length - a.test.steps.length)) {
    const group = groups.find(([first]) => first !== undefined && goesWith(member.test, first.test));
    if (group) group.push(member);
    else groups.push([member]);
  }
  return groups;
}

function goesWith(test: ConformanceCase, longest: ConformanceCase): boolean {
  const commands = commandsOf(longest);
  const same = commandsOf(test).every((command, index) => command === commands[index]);
  const fails = test.steps.some(({ expect }) => expect.errors !== undefined);
  const sameLength = test.steps.length === longest.steps.length;
  return same && (test.pods ?? false) === (longest.pods ?? false) && (sameLength || !fails);
}

function commandsOf({ steps }: ConformanceCase): string[] {
  return steps.map(({ run, env, expect }) => JSON.stringify([run, env, expect.errors !== undefined]));
}
