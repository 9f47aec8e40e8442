import { parseMilliseconds } from "../../environment/quantities";
import { Problems } from "../problems";
import type { AirflowCelerySpec } from "./airflow-celery";
import { OWN_CONNECTIONS } from "./settings";

/** The name of a variable in lower case: connections are given to containers as such. */
const CONNECTION = /^[a-z][a-z0-9_]*$/;

/** All that is wrong with Airflow's arguments. */
export function checkAirflow(name: string, spec: AirflowCelerySpec): string[] {
  const problems = new Problems(`AirflowCelery "${name}"`);
  problems.name("name", name, 30);
  for (const part of ["apiServer", "scheduler", "dagProcessor", "triggerer"] as const) {
    problems.whole(`${part}.replicas`, spec[part].replicas, 1);
    problems.resources(`${part}.resources`, spec[part].resources);
  }
  problems.resources("flower", spec.flower);
  if (!("default" in spec.queues)) {
    problems.add("queues", `has no "default". Add it: tasks that name no queue would wait for ever.`);
  }
  for (const [queue, { concurrency, minWorkers, maxWorkers, resources, account }] of Object.entries(spec.queues)) {
    problems.name(`queues.${queue}`, queue, 37); // a StatefulSet's name is airflow-worker-QUEUE, of at most 52
    problems.whole(`queues.${queue}.concurrency`, concurrency, 1);
    problems.whole(`queues.${queue}.minWorkers`, minWorkers, 1);
    problems.whole(`queues.${queue}.maxWorkers`, maxWorkers, minWorkers);
    problems.resources(`queues.${queue}.resources`, resources);
    if (account !== undefined) problems.name(`queues.${queue}.account`, account);
  }
  for (const [pool, { slots }] of Object.entries(spec.pools)) problems.whole(`pools.${pool}.slots`, slots, 1);
  for (const id of Object.keys(spec.connections)) {
    const field = `connections.${id}`;
    if (!CONNECTION.test(id)) problems.add(field, "is no name of a variable. Use lower-case letters, digits and _.");
    if (Object.values(OWN_CONNECTIONS).some((own) => own === id))
      problems.add(field, "is Airflow's own. Use another name.");
  }
  for (const [bundle, { refreshSeconds }] of Object.entries(spec.dagBundles)) {
    problems.name(`dagBundles.${bundle}`, bundle, 50);
    problems.whole(`dagBundles.${bundle}.refreshSeconds`, refreshSeconds, 1);
  }
  if (parseMilliseconds(spec.history) === undefined)
    problems.add("history", `is ${JSON.stringify(spec.history)}. Use a duration such as "180d".`);
  return problems.found;
}
