import { z } from "zod";
import { dnsLabel, portName, workloadName } from "./values";

/** A way in for programs of people that speak no HTTP, such as SQL tools: the service itself asks who they are. Key: its name. */
const door = z.strictObject({
  /** First label of the host name; the domain comes from the target. */
  label: dnsLabel,
  /** Workload that answers. */
  workload: workloadName,
  /** Name of its port. */
  port: portName,
  /** Labels of the pods that are meant, where not all of the workload are. @default all */
  labels: z.record(z.string().min(1), z.string()).default({}),
  /** Port of every node that leads there, where the cluster has no load balancer. */
  nodePort: z.int().min(30_000).max(32_767),
});

/** All doors. */
export const doors = z.record(dnsLabel, door);
