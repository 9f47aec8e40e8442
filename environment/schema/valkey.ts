import { z } from "zod";
import { resources, resourcesOverride } from "./resources";
import { byteQuantity, workloadName } from "./values";

const size = {
  /** Servers: one primary, the others replicas. */
  replicas: z.int().min(1).max(5),
  /** `maxmemory`: what its data may take. Must leave room below the memory limit for copy-on-write while it saves. */
  maxMemory: byteQuantity,
  /** Volume of each server, for the append-only file. */
  storage: byteQuantity,
};

/** Valkey, the broker of Celery. */
export const valkey = z.strictObject({
  ...size,
  /** Size of each server. */
  resources,
  /** Workloads that use it. */
  applications: z.array(workloadName),
});

/** What a target may change of Valkey. */
export const valkeyOverride = z.strictObject({ ...size, resources: resourcesOverride }).partial();
