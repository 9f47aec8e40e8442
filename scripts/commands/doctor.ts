import { command } from "../lib/command-line";
import { diagnose, type Finding } from "../lib/diagnosis";
import { observeMachine } from "../lib/doctor-facts";
import { colour } from "../lib/progress";

const HELP = `Usage: scripts/doctor

Says which choices were made and why, and what is missing or wrong on this machine, with the command that mends it.
Changes nothing, but brings in the npm packages of a fresh clone. Exit code 1 where \`make up\` could not work.
`;

const MARKS = { ok: ["green", "ok     "], note: ["yellow", "note   "], problem: ["red", "PROBLEM"] } as const;

export const main = command({ name: "doctor", help: HELP }, async () => {
  const findings = diagnose(await observeMachine());
  for (const finding of findings) console.log(line(finding));
  const problems = findings.filter(({ state }) => state === "problem").length;
  console.log(problems === 0 ? "\nNothing stands in the way." : `\n${problems} problem${problems === 1 ? "" : "s"}.`);
  return problems === 0 ? 0 : 1;
});

function line({ state, what, mend }: Finding): string {
  const [style, mark] = MARKS[state];
  return `${colour(style, mark)} ${what}${mend === undefined ? "" : `\n        mend: ${mend}`}`;
}
