import { z } from "zod";
import { bucketName } from "./object-store";
import { replicated, replicatedOverride, resources, resourcesOverride } from "./resources";
import { dnsLabel } from "./values";

const executors = {
  /** Executors of a job at least. */
  min: z.int().min(1).max(1000),
  /** Executors of a job at most. */
  max: z.int().min(1).max(1000),
};

/** Spark: sizes that a job gets unless it asks for others, its history, and SQL over what jobs have made. */
export const spark = z.strictObject({
  /** Size of a job's driver. */
  driver: resources,
  /** A job's executors and the size of each. */
  executors: z.strictObject({ ...executors, resources }),
  /** The page that shows finished jobs. */
  historyServer: replicated,
  /** Bucket of the event logs. Its expiry is how long jobs stay in the history. */
  eventBucket: bucketName,
  /** The endpoint for JDBC and ODBC: one process, so its size is what all its queries share. */
  sqlServer: z.strictObject({
    resources,
    /** Who may log in, to read. Passwords are made by the program and are no part of this. */
    users: z.array(dnsLabel).min(1),
  }),
  /** Bucket with the tables that it reads. */
  lakeBucket: bucketName,
  /** Queue of Airflow whose workers start jobs and follow them. */
  queue: dnsLabel,
});

/** What a target may change of Spark. */
export const sparkOverride = z
  .strictObject({
    driver: resourcesOverride,
    executors: z.strictObject({ ...executors, resources: resourcesOverride }).partial(),
    historyServer: replicatedOverride,
    sqlServer: z.strictObject({ resources: resourcesOverride }).partial(),
  })
  .partial();
