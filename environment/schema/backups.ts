import { z } from "zod";
import { bucketName } from "./object-store";
import { duration, schedule } from "./values";

const fields = {
  /** Whether backups are made. */
  enabled: z.boolean(),
  /** When, in UTC. */
  schedule,
  /** How long a backup is kept. */
  retention: duration,
};

/** Backups of all databases of PostgreSQL. */
export const backups = z.strictObject({
  ...fields,
  /** Bucket that takes them. */
  bucket: bucketName,
});

/** What a target may change of the backups. */
export const backupsOverride = z.strictObject(fields).partial();
