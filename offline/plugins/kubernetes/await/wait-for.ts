import { type KubeObject, listAt, numberAt, textAt } from "../object";
import { findAll, parseJsonPath } from "./json-path";
import { explain, type Judgement, ready, waiting } from "./judgement";

type Judge = (object: KubeObject) => Judgement;

/**
 * The judge that the annotation `pulumi.com/waitFor` describes: `jsonpath={.status.phase}=Running`, `jsonpath={.status.address}`,
 * `condition=Ready`, `condition=Ready=False`, or a JSON list of these, which must all hold.
 * @see https://www.pulumi.com/blog/kubernetes-enhanced-await-logic/
 * @throws if it is none of these
 */
export function parseWaitFor(annotation: string): Judge {
  const judges = expressionsIn(annotation).map(parseExpression);
  return (object) => judges.map((judge) => judge(object)).find((judgement) => !judgement.ready) ?? ready;
}

function expressionsIn(annotation: string): string[] {
  if (!annotation.trimStart().startsWith("[")) return [annotation];
  const list: unknown = JSON.parse(annotation);
  if (Array.isArray(list) && list.length > 0 && list.every((member) => typeof member === "string")) return list;
  throw new Error(`pulumi.com/waitFor is ${annotation}, which is no list of expressions`);
}

function parseExpression(expression: string): Judge {
  if (expression.startsWith("condition=")) return conditionJudge(expression.slice("condition=".length));
  if (expression.startsWith("jsonpath=")) return jsonPathJudge(expression.slice("jsonpath=".length));
  throw new Error(`pulumi.com/waitFor is "${expression}". It must start with "jsonpath=" or "condition=".`);
}

/** As `kubectl wait` does: types and states in any case, and a condition of an older generation counts for nothing. */
function conditionJudge(expression: string): Judge {
  const [type = "", state = "True"] = expression.split("=");
  if (type === "") throw new Error('pulumi.com/waitFor is "condition=", which names no condition');
  return (object) => {
    const condition = listAt(object, "status", "conditions").find(
      (candidate) => textAt(candidate, "type")?.toLowerCase() === type.toLowerCase(),
    );
    if (condition === undefined) return waiting(`waiting for condition ${type}=${state}`);
    const observed = numberAt(condition, "observedGeneration") ?? numberAt(object, "status", "observedGeneration");
    const generation = numberAt(object, "metadata", "generation") ?? 0;
    if (observed !== undefined && observed < generation) return waiting(`condition ${type} is of an older generation`);
    const current = textAt(condition, "status") ?? "";
    if (current.toLowerCase() === state.toLowerCase()) return ready;
    return waiting(
      [`waiting for condition ${type}=${state}, which is ${current}`, explain(condition)].filter(Boolean).join(": "),
    );
  };
}

/** `{path}` must exist; `{path}=value` must have that value at every place it leads to. */
function jsonPathJudge(expression: string): Judge {
  const match = /^\s*(['"]?)(\{.*\}|[^=]*)\1\s*(?:==?(.*))?$/s.exec(expression);
  const [, , path = "", wanted] = match ?? [];
  const steps = parseJsonPath(path);
  const value = wanted?.trim().replace(/^(["'])(.*)\1$/s, "$2");
  return (object) => {
    const found = findAll(object, steps);
    if (found.length === 0) return waiting(`waiting for ${path}${value === undefined ? "" : ` to be ${value}`}`);
    const texts = found.map((member) => (typeof member === "object" ? JSON.stringify(member) : String(member)));
    if (value === undefined || texts.every((text) => text === value)) return ready;
    return waiting(`waiting for ${path} to be ${value}; it is ${texts.join(", ")}`);
  };
}
