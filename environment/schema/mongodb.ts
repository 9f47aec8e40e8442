import { z } from "zod";
import { resources, resourcesOverride } from "./resources";
import { byteQuantity, name, workloadName } from "./values";

const size = {
  /** Members of the replica set; an odd number. 1 where the store is FerretDB. */
  members: z.int().min(1).max(7),
  /** Volume of each member. Not used where the store is FerretDB, which keeps documents in PostgreSQL. */
  storage: byteQuantity,
};

/** The document store (MongoDB protocol). */
export const mongodb = z.strictObject({
  ...size,
  /** Size of each member. */
  resources,
  /** Databases by name, each with the workloads that connect as its owner. */
  databases: z.record(
    name("1 to 38 of a-z, 0-9 and underscore, beginning with a letter", /^[a-z][a-z0-9_]{0,37}$/),
    z.strictObject({
      /** Workloads that connect as its owner. */
      applications: z.array(workloadName).min(1),
    }),
  ),
});

/** What a target may change of the document store. */
export const mongodbOverride = z.strictObject({ ...size, resources: resourcesOverride }).partial();
