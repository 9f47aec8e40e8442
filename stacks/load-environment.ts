import * as pulumi from "@pulumi/pulumi";
import { definition, type Environment, loadEnvironment, renderProblems, stackSettings } from "../environment";

/** The environment of this stack. Throws with everything that is wrong, before any resource is made. */
export function stackEnvironment(): Environment {
  const secretKeys = secretSettings();
  const settings = stackSettings(pulumi.runtime.allConfig(), (key) => secretKeys.includes(key));
  const loaded = loadEnvironment(definition, settings);
  if (loaded.ok) return loaded.environment;
  throw new pulumi.RunError(renderProblems(loaded.problems, pulumi.getStack()));
}

/** Which settings are encrypted, as the language host tells the program; the SDK keeps its own reader of this internal. */
function secretSettings(): string[] {
  return JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]");
}
