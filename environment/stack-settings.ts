import { z } from "zod";
import { nearest } from "./nearest";
import { isMapping, own } from "./plain";
import { SECRET_SETTINGS, stackConfigSchemas, TARGETS } from "./schema/stack-config";
import { unwrapped } from "./schema-problems";

/** Stands for a setting that is encrypted though it is no secret: its value is not looked at. */
export const ENCRYPTED = Symbol("encrypted");

/** Begins the settings of this project in a stack's configuration. In a stack's file it may be left out, as in any Pulumi project. */
const NAMESPACE = "platform:";

/** A setting of Pulumi or of another project. A namespace that was nearly ours is not: the setting is then unknown under that name. */
function isForeign(key: string): boolean {
  const [namespace] = key.split(":", 1);
  return key.includes(":") && nearest(`${namespace}:`, [NAMESPACE]) === undefined;
}

function isText(key: string): boolean {
  return TARGETS.some((target) => {
    const schema = own(stackConfigSchemas[target].shape as Record<string, z.core.$ZodType>, key);
    return schema !== undefined && unwrapped(schema) instanceof z.ZodString;
  });
}

/** Pulumi hands every setting to the program as text: lists and mappings as JSON, numbers and switches as they are written. */
function decoded(key: string, value: unknown): unknown {
  if (typeof value !== "string" || isText(key)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/**
 * The settings of one stack as `loadEnvironment` takes them: those of this project, by their name after `platform:`. Takes what
 * `pulumi.runtime.allConfig()` gives, or the `config:` mapping of a `Pulumi.<stack>.yaml`. Secrets are left out.
 *
 * @param isSecret Whether the setting of that whole key is encrypted (`pulumi.runtime.isConfigSecret`). Values of the form
 * `{ secure: ... }`, as they stand in the file, are known without it.
 */
export function stackSettings(
  config: Readonly<Record<string, unknown>>,
  isSecret: (key: string) => boolean = () => false,
): Record<string, unknown> {
  const settings = Object.entries(config).flatMap(([key, value]) => {
    if (isForeign(key)) return [];
    const name = key.startsWith(NAMESPACE) ? key.slice(NAMESPACE.length) : key;
    const encrypted = isSecret(key) || (isMapping(value) && Object.keys(value).join() === "secure");
    if (!encrypted) return [[name, decoded(name, value)] as const];
    return SECRET_SETTINGS.some((secret) => secret === name) ? [] : [[name, ENCRYPTED] as const];
  });
  return Object.fromEntries(settings);
}
