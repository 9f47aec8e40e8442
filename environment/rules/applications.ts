import type { Unchecked } from "../environment";
import { own } from "../plain";
import type { Finding, PathSegment } from "../problem";
import { declared, entries, type Rule, unknownName } from "./rule";

const namesOf = (record: object | undefined) => Object.keys(record ?? {});

function bucketOr(environment: Unchecked, path: readonly PathSegment[], bucket: string | undefined): Finding[] {
  const known = environment.objectStore?.buckets;
  if (bucket === undefined || declared(known, bucket)) return [];
  return [unknownName(path, bucket, "bucket", namesOf(known))];
}

/** Buckets that Airflow and Spark use are there. */
export const usedBuckets: Rule = (environment) => [
  ...bucketOr(environment, ["airflow", "logBucket"], environment.airflow?.logBucket),
  ...bucketOr(environment, ["spark", "eventBucket"], environment.spark?.eventBucket),
  ...bucketOr(environment, ["spark", "lakeBucket"], environment.spark?.lakeBucket),
  ...entries(environment.airflow?.dagBundles).flatMap(([name, { bucket }]) =>
    bucketOr(environment, ["airflow", "dagBundles", name, "bucket"], bucket),
  ),
];

/** Workloads that have the connections of DAGs: tasks run in the one, sensors wait in the other. */
const USERS_OF_CONNECTIONS = ["airflow-worker", "airflow-triggerer"];

/** What Airflow's connections lead to is there, and lets Airflow in. */
export const airflowConnections: Rule = ({ airflow, postgres, objectStore }) => {
  const databases = postgres?.databases;
  const buckets = objectStore?.buckets;
  const bucketUsers = (to: string) => own(buckets, to)?.applications;
  const kinds = {
    postgres: { what: "database", known: databases, letsIn: (to: string) => own(databases, to)?.applications },
    s3: { what: "bucket", known: buckets, letsIn: (to: string) => bucketUsers(to) && namesOf(bucketUsers(to)) },
  };
  return entries(airflow?.connections).flatMap(([name, { type, to }]): Finding[] => {
    const path = ["airflow", "connections", name, "to"];
    if (type === undefined || to === undefined) return [];
    const { what, known, letsIn } = kinds[type];
    if (!declared(known, to)) return [unknownName(path, to, what, namesOf(known))];
    const users = letsIn(to);
    return USERS_OF_CONNECTIONS.filter((user) => users?.includes(user) === false).map((user) => ({
      path,
      kind: "dependency",
      value: to,
      allowed: `a ${what} with ${user} among its applications`,
      message: `The ${what} ${to} does not let ${user} in, which has this connection.`,
    }));
  });
};

/** Spark's jobs are started from a queue that is there. */
export const sparkQueue: Rule = ({ airflow, spark }) => {
  const queue = spark?.queue;
  if (queue === undefined || airflow?.queues === undefined || declared(airflow.queues, queue)) return [];
  return [unknownName(["spark", "queue"], queue, "queue", namesOf(airflow.queues))];
};

/** Tasks that name no queue go to `default`. */
export const defaultQueue: Rule = ({ airflow }) => {
  if (declared(airflow?.queues, "default")) return [];
  const message = "Tasks that name no queue would wait for ever.";
  return [
    {
      path: ["airflow", "queues", "default"],
      kind: "missing",
      value: undefined,
      allowed: "a queue called default",
      message,
    },
  ];
};

/** A least is not above its most. */
export const leastAndMost: Rule = ({ airflow, spark }) => {
  const above = (path: readonly PathSegment[], least: number | undefined, most: number | undefined): Finding[] =>
    least === undefined || most === undefined || least <= most
      ? []
      : [{ path, kind: "order", value: least, allowed: `at most ${most}`, message: "The least is above the most." }];
  return [
    ...entries(airflow?.queues).flatMap(([name, { minWorkers, maxWorkers }]) =>
      above(["airflow", "queues", name, "minWorkers"], minWorkers, maxWorkers),
    ),
    ...above(["spark", "executors", "min"], spark?.executors?.min, spark?.executors?.max),
  ];
};
