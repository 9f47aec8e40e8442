import { z } from "zod";
import { bucketName } from "./object-store";
import { replicated, replicatedOverride, resources, resourcesOverride } from "./resources";
import { dnsLabel, duration, name, sentence } from "./values";

const identifier = name("1 to 200 of letters, digits, underscore, dot and hyphen", /^[\w.-]{1,200}$/);

/** A Celery queue with workers of its own. Key: its name. */
const queue = z.strictObject({
  /** Tasks that one worker runs at once. */
  concurrency: z.int().min(1).max(64),
  /** Workers kept when nothing is to do. Not 0: then `inspect` finds no one to ask. */
  minWorkers: z.int().min(1).max(100),
  /** Workers at most; above `minWorkers` KEDA scales by the length of the queue. */
  maxWorkers: z.int().min(1).max(100),
  /** Size of each worker. */
  resources,
});

/** What DAGs reach by name; the secret in it is made by the program. Key: the connection's id. */
const connection = z.strictObject({
  /** `postgres`: a database. `s3`: a bucket. */
  type: z.enum(["postgres", "s3"]),
  /** Name of the database or bucket. */
  to: z.string().min(1),
});

/** A set of DAG files that is delivered through a bucket. Key: its name. */
const dagBundle = z.strictObject({
  /** Bucket that holds it. */
  bucket: bucketName,
  /** Folder in the bucket. */
  prefix: name("a folder name without slashes at the ends", /^[\w.-]+(\/[\w.-]+)*$/),
  /** How often it is read again. */
  refresh: duration,
});

/** Airflow on Celery. */
export const airflow = z.strictObject({
  /** Web pages and both interfaces. */
  apiServer: replicated,
  /** Decides what runs. */
  scheduler: replicated,
  /** Reads DAG files. */
  dagProcessor: replicated,
  /** Waits for deferred tasks. */
  triggerer: replicated,
  /** Queues by name. `default` must be among them. */
  queues: z.record(dnsLabel, queue),
  /** Pools by name. */
  pools: z.record(
    identifier,
    z.strictObject({
      /** Tasks of the pool that may run at once. */
      slots: z.int().min(1).max(10_000),
      /** What it protects. */
      why: sentence,
    }),
  ),
  /** Connections by id. */
  connections: z.record(identifier, connection),
  /** Variables by name. Never a secret: people from the role Op on see them, and every DAG reads them. */
  variables: z.record(identifier, z.string()),
  /** DAG bundles by name. */
  dagBundles: z.record(dnsLabel, dagBundle),
  /** Bucket of the task logs. */
  logBucket: bucketName,
  /** How long runs stay in the database. */
  history: duration,
});

/** What a target may change of Airflow. */
export const airflowOverride = z
  .strictObject({
    apiServer: replicatedOverride,
    scheduler: replicatedOverride,
    dagProcessor: replicatedOverride,
    triggerer: replicatedOverride,
    queues: z.record(dnsLabel, z.strictObject({ ...queue.shape, resources: resourcesOverride }).partial()),
  })
  .partial();
