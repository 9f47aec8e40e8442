import { definition, type Environment, loadEnvironment, renderProblems, stackSettings } from "../../environment";
import { configOfDev } from "./stack-file";

/** The environment of the dev stack as its file says. Throws with everything that is wrong. */
export function devEnvironment(): Environment {
  const loaded = loadEnvironment(definition, stackSettings(configOfDev()));
  if (loaded.ok) return loaded.environment;
  throw new Error(renderProblems(loaded.problems, "dev"));
}
