import type { Plain } from "../../base/values";
import { at, type KubeObject } from "../object";

/** One step of a path: a field, an index (from the end if negative), every member, or members with a field of a value. */
type PathStep =
  | { readonly field: string }
  | { readonly index: number }
  | { readonly every: true }
  | { readonly where: readonly string[]; readonly is: string };

const patterns: readonly [RegExp, (match: RegExpExecArray) => PathStep][] = [
  [/^\.?\[\*\]/, () => ({ every: true })],
  [/^\.\*/, () => ({ every: true })],
  [/^\.?\[(-?\d+)\]/, ([, index]) => ({ index: Number(index) })],
  [/^\.?\['((?:[^'\\]|\\.)+)'\]/, ([, field]) => ({ field: unescaped(field) })],
  [/^\.?\["((?:[^"\\]|\\.)+)"\]/, ([, field]) => ({ field: unescaped(field) })],
  [
    /^\.?\[\?\(\s*@\.([\w.-]+)\s*==\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*\)\]/,
    ([, field = "", double, single, bare]) => ({ where: field.split("."), is: double ?? single ?? bare ?? "" }),
  ],
  [/^\.((?:[^.[\]\\{}\s]|\\.)+)/, ([, field]) => ({ field: unescaped(field) })],
];

/**
 * Parses the part of kubectl's JSONPath that waiting needs: `{.status.conditions[?(@.type=="Ready")].status}`.
 * @see https://kubernetes.io/docs/reference/kubectl/jsonpath/
 * @throws if the path says anything else
 */
export function parseJsonPath(path: string): PathStep[] {
  const inner = path.trim().replace(/^\{(.*)\}$/s, "$1");
  const steps: PathStep[] = [];
  let rest = inner.replace(/^\$/, "");
  while (rest !== "") {
    const found = patterns
      .map(([pattern, toStep]) => ({ match: pattern.exec(rest), toStep }))
      .find(({ match }) => match !== null);
    if (found?.match == null) {
      throw new Error(`"${path}" is no JSONPath that can be waited for: cannot read it from "${rest}" on`);
    }
    steps.push(found.toStep(found.match));
    rest = rest.slice(found.match[0].length);
  }
  if (steps.length === 0) throw new Error(`"${path}" is an empty JSONPath`);
  return steps;
}

/** Every value that the path leads to. */
export function findAll(object: KubeObject, steps: readonly PathStep[]): Plain[] {
  return steps.reduce<Plain[]>((values, step) => values.flatMap((value) => follow(value, step)), [object]);
}

function follow(value: Plain, step: PathStep): Plain[] {
  if ("field" in step) return present(Array.isArray(value) ? undefined : at(value, step.field));
  const members = Array.isArray(value)
    ? (value as readonly Plain[])
    : typeof value === "object" && value !== null
      ? Object.values(value)
      : [];
  if ("every" in step) return [...members];
  if ("index" in step) return present(members.at(step.index));
  return members.filter((member) => String(at(member, ...step.where)) === step.is);
}

function present(value: Plain | undefined): Plain[] {
  return value === undefined || value === null ? [] : [value];
}

function unescaped(text = ""): string {
  return text.replace(/\\(.)/g, "$1");
}
