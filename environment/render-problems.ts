import type { Problem } from "./problem";

/** Where a person mends the definition. */
const DEFINITION_FILE = "environment/definition.ts";

function written(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string" && /^\(.*\)$/.test(value)) return value.slice(1, -1);
  return JSON.stringify(value);
}

/** Quoted for a POSIX shell where that is needed. */
function quoted(word: string): string {
  return /^[\w.:/-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function remedy({ source, path, suggestion, kind, allowed }: Problem, stack: string): string {
  const where = path === "" ? "" : ` at ${path}`;
  if (source === "definition") return `edit ${DEFINITION_FILE}${where}`;
  if (path === "" || path.startsWith("[")) return `edit Pulumi.${stack}.yaml${where}`;
  const key = quoted(`platform:${path}`);
  const nested = /[.[]/.test(path) ? " --path" : "";
  if (kind === "secret") {
    // Without a value on the command line, Pulumi asks for it.
    return `pulumi config set${nested}${allowed === "plain text" ? "" : " --secret"} ${key} -s ${stack}`;
  }
  if (kind === "unknown-key") return `pulumi config rm${nested} ${key} -s ${stack}`;
  const value =
    suggestion === undefined || /\s/.test(suggestion) ? "VALUE" : quoted(suggestion.replace(/^"(.*)"$/, "$1"));
  return `pulumi config set${nested} ${key} ${value} -s ${stack}`;
}

/**
 * All problems as text for people: what is wrong, where, what is there, what is allowed, what was probably meant, and the
 * command or file that mends it. Values that may be secrets are hidden in the problems already.
 */
export function renderProblems(problems: readonly Problem[], stack: string): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const blocks = problems.map((problem) => {
    const { path, source, message, value, allowed, suggestion } = problem;
    const place = source === "definition" ? DEFINITION_FILE : `Pulumi.${stack}.yaml`;
    return [
      `  ${path === "" ? "(all of it)" : path}  (${place})`,
      `    ${message}`,
      `    is:      ${written(value)}`,
      `    allowed: ${allowed}`,
      ...(suggestion === undefined ? [] : [`    perhaps: ${suggestion}`]),
      `    mend:    ${remedy(problem, stack)}`,
    ].join("\n");
  });
  return [`The environment of stack ${stack} has ${count}; nothing was built.`, ...blocks].join("\n\n");
}
