import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { definition, type Environment, loadEnvironment, renderProblems, stackSettings } from "../../environment";
import { paths } from "./paths";

/** The environment of the dev stack as its file says. Throws with everything that is wrong. */
export function devEnvironment(): Environment {
  const config = parse(readFileSync(join(paths.root, "Pulumi.dev.yaml"), "utf8"))?.config ?? {};
  const loaded = loadEnvironment(definition, stackSettings(config));
  if (loaded.ok) return loaded.environment;
  throw new Error(renderProblems(loaded.problems, "dev"));
}
