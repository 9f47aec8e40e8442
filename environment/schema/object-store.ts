import { z } from "zod";
import { resources, resourcesOverride } from "./resources";
import { byteQuantity, name, retention, workloadName } from "./values";

/**
 * A bucket's name, without dots because they break TLS wildcards.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export const bucketName = name(
  "3 to 63 of a-z, 0-9 and hyphen, with a letter or digit at both ends, and none of S3's own prefixes and suffixes",
  /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3|--table-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
);

/** A bucket. Key: its name. */
const bucket = z.strictObject({
  /** Who may do what there, by workload: `read` lists and reads, `write` also writes and deletes. */
  applications: z.record(workloadName, z.enum(["read", "write"])),
  /** Whether overwritten and deleted objects are kept as versions. @default false */
  versioning: z.boolean().default(false),
  /** When objects are deleted. @default "forever" */
  expiry: retention.default("forever"),
});

const size = {
  /** Volume of the store, for all buckets. Not used where the store is a service of the cloud. */
  storage: byteQuantity,
};

/** The object store (S3). */
export const objectStore = z.strictObject({
  ...size,
  /** Size of its pod. */
  resources,
  /** Buckets by name. */
  buckets: z.record(bucketName, bucket),
});

/** What a target may change of the object store. */
export const objectStoreOverride = z.strictObject({ ...size, resources: resourcesOverride }).partial();
