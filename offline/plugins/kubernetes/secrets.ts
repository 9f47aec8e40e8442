import { isList, isMap, type PropertyMap, reveal, Secret, secretLike, type Value } from "../base/values";

/** A secret shorter than this is not looked for in other text: too much would match by chance. */
const SHORTEST_SOUGHT = 4;

/** True for a core Secret, whose content is secret whatever the program says. */
export function isSecretKind(properties: PropertyMap): boolean {
  return properties["kind"] === "Secret" && properties["apiVersion"] === "v1";
}

/** Inputs whose content is secret by kind, marked so. */
export function markByKind(properties: PropertyMap): PropertyMap {
  if (!isSecretKind(properties)) return properties;
  const marked = { ...properties };
  for (const field of ["data", "stringData"]) {
    const value = marked[field];
    if (value !== undefined) marked[field] = new Secret(value);
  }
  return marked;
}

/**
 * Outputs with everything secret that the inputs hold as a secret: at the same place, and wherever the same text turns up (lists
 * may be in another order, annotations may quote the manifest), but where the program itself says it in plain.
 */
export function markLike(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  const byPlace = markByKind(secretLike(outputs, inputs) as PropertyMap);
  const sought = secretTexts(inputs);
  return sought.length === 0 ? byPlace : (hideTexts(byPlace, inputs, sought) as PropertyMap);
}

/** Text with the inputs' secrets blotted out. The API server quotes invalid values in its messages. */
export function redact(text: string, inputs: PropertyMap): string {
  return secretTexts(inputs).reduce((redacted, secret) => redacted.replaceAll(secret, "[secret]"), text);
}

/** Every secret text in the inputs, raw, as base64 and decoded from it, longest first; none that the program also says in plain. */
export function secretTexts(inputs: PropertyMap): string[] {
  const secret = new Set<string>();
  const plain = new Set<string>();
  const visit = (value: Value, into: Set<string>): void => {
    if (value instanceof Secret) visit(reveal(value), secret);
    else if (isList(value)) for (const member of value) visit(member, into);
    else if (isMap(value)) for (const member of Object.values(value)) visit(member, into);
    else if (typeof value === "string" || typeof value === "number") into.add(String(value));
  };
  visit(markByKind(inputs), plain);
  const sought = new Set([...secret].filter((text) => !plain.has(text)).flatMap(encodings));
  return [...sought].filter((text) => text.length >= SHORTEST_SOUGHT).sort((left, right) => right.length - left.length);
}

function encodings(text: string): string[] {
  const decoded = Buffer.from(text, "base64").toString("utf8");
  const isBase64 = Buffer.from(decoded).toString("base64") === text;
  return [text, Buffer.from(text).toString("base64"), ...(isBase64 ? [decoded] : [])];
}

function hideTexts(value: Value, input: Value | undefined, sought: readonly string[]): Value {
  if (typeof value === "string") {
    return value !== input && sought.some((secret) => value.includes(secret)) ? new Secret(value) : value;
  }
  if (isList(value)) {
    return value.map((member, index) => hideTexts(member, isList(input) ? input[index] : undefined, sought));
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      hideTexts(member, isMap(input) ? input[key] : undefined, sought),
    ]),
  );
}
