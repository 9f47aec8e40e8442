import { z } from "zod";
import { byteQuantity, cpu } from "./values";

/** What one pod is given. */
export const resources = z.strictObject({
  /** CPUs that are set aside for it. */
  cpu,
  /** Memory, both set aside and the limit at which it is killed, so that a node never runs out. */
  memory: byteQuantity,
  /** CPUs that it may use at most. @default no limit */
  cpuLimit: cpu.exactOptional(),
});

/** What a target may change of it: any single amount. */
export const resourcesOverride = resources.partial();

/** One or more equal pods and the size of each. */
export const replicated = z.strictObject({
  /** Pods of the kind. */
  replicas: z.int().min(1).max(20),
  /** Size of each. */
  resources,
});

/** What a target may change of it. */
export const replicatedOverride = z
  .strictObject({ replicas: replicated.shape.replicas, resources: resourcesOverride })
  .partial();
