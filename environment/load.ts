import { z } from "zod";
import type { Environment, Unchecked } from "./environment";
import { deepFreeze, isMapping, merge, own, plainCopy, valueAt, without } from "./plain";
import { type Finding, formatPath, type Problem } from "./problem";
import { RULES } from "./rules";
import { definitionSchema } from "./schema/definition";
import { SECRET_SETTINGS, stackConfigSchemas, TARGETS, type Target } from "./schema/stack-config";
import { shapeFindings } from "./schema-problems";
import { settle } from "./settle";
import { ENCRYPTED } from "./stack-settings";

/** The checked environment, or everything that is wrong. */
export type Loaded =
  | { readonly ok: true; readonly environment: Environment }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Shape = Readonly<Record<string, z.core.$ZodType>>;

const { dev, onprem, aws } = stackConfigSchemas;

/** For a configuration whose target is not known: what any target may have, and what every target must have. */
const anyTarget = z.strictObject({
  ...onprem.partial().shape,
  ...aws.partial().shape,
  ...dev.shape,
  target: z.enum(TARGETS),
  network: z
    .strictObject({ ...onprem.shape.network.shape, ...aws.shape.network.shape })
    .partial()
    .optional(),
});

function schemaFor(config: unknown) {
  const target = valueAt(config, ["target"]);
  return TARGETS.some((known) => known === target) ? stackConfigSchemas[target as Target] : anyTarget;
}

/** Settings that are in plain text and should be secret, or the other way round. Their values are never looked at. */
function misplacedSecrets(config: unknown): Finding[] {
  if (!isMapping(config)) return [];
  const finding = (name: string, allowed: string, message: string): Finding => ({
    path: [name],
    kind: "secret",
    value: "(hidden)",
    allowed,
    message,
  });
  return Object.entries(config).flatMap(([name, value]) => {
    if (value === ENCRYPTED)
      return [finding(name, "plain text", `${name} is encrypted, but no secret: nobody could review it.`)];
    if (!SECRET_SETTINGS.some((secret) => secret === name)) return [];
    return [
      finding(
        name,
        "an encrypted value",
        `${name} is a secret and stands there in plain text. Change it at its source too.`,
      ),
    ];
  });
}

const pathsOf = (findings: readonly Finding[]) => findings.map(({ path }) => path);

/** Sees to the shape of one input: what is wrong with it, and the input without that. */
function examine(input: unknown, schemaOf: (plain: unknown) => z.core.$ZodType, before: Finding[] = []) {
  const taken = new Set(before.map(({ path }) => path[0]));
  const seen = isMapping(input) ? Object.fromEntries(Object.entries(input).filter(([key]) => !taken.has(key))) : input;
  const { value, findings } = plainCopy(seen);
  const refused = new Set(findings.map(({ path }) => formatPath(path)));
  const shape = shapeFindings(schemaOf(value), value).filter(
    ({ path }) => !refused.has(formatPath(path)) && !taken.has(path[0]),
  );
  const all = [...before, ...findings, ...shape];
  return {
    findings: all,
    sound: without(value, pathsOf(all)),
  };
}

/** Gives each part its defaults, unless something in it is wrong or missing: then it stays as it is. */
function withDefaults(merged: unknown, shape: Shape): Unchecked {
  if (!isMapping(merged)) return {};
  const parts = Object.keys(shape).map((key) => {
    const part = own(merged, key);
    const schema = shape[key];
    const parsed = schema === undefined ? undefined : z.safeParse(schema, part);
    return [key, parsed?.success ? parsed.data : part] as const;
  });
  return Object.fromEntries(parts);
}

/**
 * Merges what the platform has with what one target says, checks both and what they say together, and freezes the result.
 * Never throws: whatever the inputs are, the answer is an environment or all problems at once.
 *
 * @param definition What `environment/definition.ts` exports, or anything.
 * @param stackConfig The target's settings by name, as `stackSettings` makes them, or anything.
 */
export function loadEnvironment(definition: unknown, stackConfig: unknown): Loaded {
  const base = examine(definition, () => definitionSchema);
  const place = examine(stackConfig, schemaFor, misplacedSecrets(stackConfig));
  const configShape: Shape = schemaFor(place.sound).shape;
  // Where the target's own value is wrong, the definition's does not count in its place.
  const merged = without(merge(base.sound, place.sound), pathsOf(place.findings));
  const unchecked = withDefaults(merged, { ...configShape, ...definitionSchema.shape });

  const fromConfig = (finding: Finding) =>
    !Object.hasOwn(definitionSchema.shape, String(finding.path[0])) || valueAt(place.sound, finding.path) !== undefined;
  const problems = [
    ...base.findings.map((finding) => report(finding, "definition")),
    ...place.findings.map((finding) => report(finding, "config")),
    ...RULES.flatMap((rule) => rule(unchecked)).map((finding) =>
      report(finding, fromConfig(finding) ? "config" : "definition"),
    ),
  ];
  if (problems.length > 0) return { ok: false, problems };

  const parts = Object.fromEntries(
    Object.entries(unchecked).filter(([key]) => Object.hasOwn(definitionSchema.shape, key)),
  );
  // An override of something that the definition does not have leaves it incomplete.
  const incomplete = shapeFindings(definitionSchema, parts);
  if (incomplete.length > 0) return { ok: false, problems: incomplete.map((finding) => report(finding, "config")) };
  const config = stackConfigSchemas[unchecked.target ?? "dev"].parse(place.sound);
  return { ok: true, environment: deepFreeze(settle(definitionSchema.parse(parts), config)) };
}

function report({ path, ...rest }: Finding, source: Problem["source"]): Problem {
  return { path: formatPath(path), ...rest, source };
}
