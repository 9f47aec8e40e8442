import { z } from "zod";
import { resources, resourcesOverride } from "./resources";
import { byteQuantity, duration } from "./values";

const size = {
  /** How long metrics are kept. */
  retention: duration,
  /** Volume for metrics. */
  storage: byteQuantity,
};

/** Metrics and dashboards. */
export const monitoring = z.strictObject({
  ...size,
  /** Size of the metrics server. */
  resources,
});

/** What a target may change of the monitoring. */
export const monitoringOverride = z.strictObject({ ...size, resources: resourcesOverride }).partial();
