import { definition, type Environment, loadEnvironment, renderProblems, stackSettings } from "../../environment";
import { configOfDev } from "./stack-file";

/** The environment of the dev stack as its file says. Throws with everything that is wrong. */
export function devEnvironment(): Environment {
  const loaded = loadEnvironment(definition, stackSettings(configOfDev()));
  if (loaded.ok) return loaded.environment;
  throw new Error(renderProblems(loaded.problems, "dev"));
}

/** The namespace of a workload of the dev stack. */
export function namespaceOf(workload: string): string {
  const namespace = devEnvironment().workloads[workload]?.namespace;
  if (namespace === undefined) throw new Error(`environment/definition-of-workloads.ts has no workload "${workload}".`);
  return namespace;
}
