import type { AirflowCelerySpec } from "./airflow-celery";

/** The pool that Airflow makes itself. */
const OWN_POOL = "default_pool";

/** `wish.json`: what the setup Job makes. `names.json`: what DAGs may name, for the check before a push. */
export function definitionFiles({
  pools,
  variables,
  connections,
  queues,
  scaling,
}: Pick<AirflowCelerySpec, "pools" | "variables" | "connections" | "queues" | "scaling">) {
  const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;
  return {
    "wish.json": json({ pools, variables, ...(scaling === undefined ? {} : { counter: scaling.role }) }),
    "names.json": json({
      pool: [OWN_POOL, ...Object.keys(pools)],
      queue: Object.keys(queues),
      connection: Object.keys(connections),
    }),
  };
}
