/** Client of the realm that tokens for Kafka are meant for. */
export const KAFKA_CLIENT = "kafka";
/** Client of the realm by which people log in to the Kubernetes API. */
export const KUBERNETES_CLIENT = "kubernetes";

/** What a group may do in Kubernetes: everything; look on and restart what the platform runs; look on. */
export const KUBERNETES_ROLES = ["admin", "operator", "viewer"] as const;
/** See {@link KUBERNETES_ROLES}. */
export type KubernetesRole = (typeof KUBERNETES_ROLES)[number];

/** Begins the name of everybody, and of every group, that the API server knows from the realm. */
export const KUBERNETES_PREFIX = "oidc:";

/** A group of the realm as the API server knows it. */
export const kubernetesGroup = (group: string): string => `${KUBERNETES_PREFIX}${group}`;

/** What a group may do in Kubernetes, of its roles by client; undefined where it is nothing. */
export function kubernetesRoleOf(roles: Readonly<Record<string, string>>): KubernetesRole | undefined {
  return KUBERNETES_ROLES.find((role) => role === roles[KUBERNETES_CLIENT]);
}
