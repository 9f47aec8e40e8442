import { z } from "zod";
import { serviceName } from "./services";
import { dnsLabel, port, portName, sentence, workloadName } from "./values";

/** Something that runs as pods: where, for which service, and where it listens. Key: its name. */
const workload = z.strictObject({
  /** Namespace of its pods. */
  namespace: dnsLabel,
  /** The service whose switch it follows. */
  service: serviceName,
  /** Ports where it listens, by name. */
  ports: z.record(portName, port).default({}),
  /** Names of those ports that take datagrams (UDP) in place of connections (TCP). */
  udp: z.array(portName).default([]),
  /** Labels of its pods, where they are not `app.kubernetes.io/name: <name>`. */
  labels: z.record(z.string().min(1), z.string()).exactOptional(),
});

/** All workloads by name. */
export const workloads = z.record(workloadName, workload);

/**
 * Parties to a flow that are no pods of the platform: the API server (6443 where kubeadm's default holds), cluster DNS, and whoever
 * is outside of the cluster. They exist in every cluster.
 */
export const CLUSTER_PARTIES = {
  "kubernetes-api": { https: 6443 },
  dns: { dns: 53 },
  outside: {},
} as const;

/** A connection that nothing else in the definition implies. */
export const flow = z.strictObject({
  /** Workload that opens the connection, `kubernetes-api` or `outside`. */
  from: workloadName,
  /** Workload that listens, or `kubernetes-api`. */
  to: workloadName,
  /** Name of the port there. */
  port: portName,
  /** Why it is needed; stands in the NetworkPolicy. */
  why: sentence,
});
