import { sameValue } from "../base/diff";
import { isList, isMap, type Plain, type PropertyMap, reveal, secretLike, type Value } from "../base/values";
import { toProperties } from "./manifest";
import type { KubeObject } from "./object";
import { isSecretKind } from "./secrets";

/**
 * Inputs as the cluster has them now: the old inputs, but for what really differs. `applied` is what the API server would make of the
 * old inputs (a dry run); it tells drift from mere spelling (`1000m` and `1`) and from what admission adds.
 */
export function inputsAfterDrift(oldInputs: PropertyMap, live: KubeObject, applied: KubeObject): PropertyMap {
  const olds = asStored(oldInputs);
  const drifted = merge(olds, toProperties(live), toProperties(applied)) as PropertyMap;
  return secretLike(restoreStringData(drifted, oldInputs), oldInputs) as PropertyMap;
}

/** True if the live object has all that the old inputs say, spelling included: then nothing has drifted and no dry run is needed. */
export function holds(oldInputs: PropertyMap, live: KubeObject): boolean {
  return contains(reveal(toProperties(live)), reveal(asStored(oldInputs)));
}

function contains(live: Value | undefined, wanted: Value): boolean {
  if (isMap(wanted)) return isMap(live) && Object.entries(wanted).every(([key, member]) => contains(live[key], member));
  if (isList(wanted)) {
    return (
      isList(live) && live.length === wanted.length && wanted.every((member, index) => contains(live[index], member))
    );
  }
  return live === wanted;
}

/** At each place of the old inputs: the old value where the live one is what applying it gives, else the live one. */
function merge(old: Value, live: Value | undefined, applied: Value | undefined): Value | undefined {
  const plain = reveal(old);
  if (isMap(plain) && isMap(live)) {
    const merged: Record<string, Value> = {};
    for (const [key, member] of Object.entries(plain)) {
      const value = merge(member, live[key], isMap(applied) ? applied[key] : undefined);
      if (value !== undefined) merged[key] = value;
    }
    return merged;
  }
  if (isList(plain) && isList(live) && plain.length === live.length) {
    return plain.map(
      (member, index) => merge(member, live[index], isList(applied) ? applied[index] : undefined) ?? null,
    );
  }
  if (live === undefined) return applied === undefined ? old : undefined;
  return applied !== undefined && sameValue(live, applied) ? old : live;
}

/** The API server moves a Secret's `stringData` into `data`. */
function asStored(inputs: PropertyMap): PropertyMap {
  const { stringData, ...rest } = inputs;
  if (!isSecretKind(inputs) || stringData === undefined) return inputs;
  const data = reveal(rest["data"] ?? null);
  return { ...rest, data: { ...(isMap(data) ? data : {}), ...mapTexts(reveal(stringData), (text) => encode(text)) } };
}

function restoreStringData(inputs: PropertyMap, oldInputs: PropertyMap): PropertyMap {
  const { stringData } = oldInputs;
  if (!isSecretKind(oldInputs) || stringData === undefined) return inputs;
  const written = reveal(stringData);
  const { data: stored, ...rest } = inputs;
  if (!isMap(stored) || !isMap(written)) return inputs;
  const of = (inString: boolean) => Object.entries(stored).filter(([key]) => key in written === inString);
  const data = Object.fromEntries(of(false));
  return {
    ...rest,
    ...(oldInputs["data"] !== undefined && { data }),
    stringData: mapTexts(Object.fromEntries(of(true)), (text) => Buffer.from(text, "base64").toString("utf8")),
  };
}

function mapTexts(value: Value, change: (text: string) => string): Record<string, Plain> {
  if (!isMap(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(String(member))]));
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}
