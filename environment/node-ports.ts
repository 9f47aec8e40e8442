/**
 * Ports of every node that lead to the gateway where the cluster has no load balancer: what brings the host's own ports there has to
 * know them before there is a platform.
 */
export const GATEWAY_NODE_PORTS = { https: 30443, http: 30080 } as const;
