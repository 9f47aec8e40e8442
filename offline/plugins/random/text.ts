import { type Bytes, below, shuffled } from "./choose";

/** What RandomPassword and RandomString are made of; the provider's defaults are filled in. */
export interface TextSpec {
  readonly length: number;
  readonly upper: boolean;
  readonly lower: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  readonly minUpper: number;
  readonly minLower: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  /** Characters to use in place of the usual special ones; empty means the usual ones. */
  readonly overrideSpecial: string;
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
/** The documented set of `special`. */
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** All that is wrong with a specification, in the words of the inputs; empty if it can be met. */
export function textProblems(spec: TextSpec): string[] {
  const minimum = spec.minUpper + spec.minLower + spec.minNumeric + spec.minSpecial;
  const problems: string[] = [];
  if (spec.length < 1) problems.push(`length is ${spec.length}, it must be at least 1`);
  if (spec.length < minimum)
    problems.push(`length is ${spec.length}, but minUpper + minLower + minNumeric + minSpecial is ${minimum}`);
  if (!(spec.upper || spec.lower || spec.numeric || spec.special))
    problems.push("upper, lower, numeric and special are all false: at least one must be true");
  return problems;
}

/** A text that meets the specification: the demanded characters of each kind, the rest from all allowed, shuffled. */
export function randomText(spec: TextSpec, bytes: Bytes): string {
  const special = spec.overrideSpecial === "" ? SPECIAL : spec.overrideSpecial;
  const allowed =
    (spec.upper ? UPPER : "") +
    (spec.lower ? LOWER : "") +
    (spec.numeric ? DIGITS : "") +
    (spec.special ? special : "");
  const demanded = [
    ...pick(UPPER, spec.minUpper, bytes),
    ...pick(LOWER, spec.minLower, bytes),
    ...pick(DIGITS, spec.minNumeric, bytes),
    ...pick(special, spec.minSpecial, bytes),
  ];
  return shuffled([...demanded, ...pick(allowed, spec.length - demanded.length, bytes)], bytes).join("");
}

function pick(from: string, count: number, bytes: Bytes): string[] {
  const characters = [...from];
  return Array.from({ length: count }, () => characters[below(characters.length, bytes)] as string);
}
