import type * as k8s from "@pulumi/kubernetes";
import type { KubernetesRole } from "../../environment";

const RBAC = "rbac.authorization.k8s.io";

type Rule = k8s.types.input.rbac.v1.PolicyRule;

/** Which namespaces and nodes there are: every console lists them before anything else. */
export const BROWSE: Rule[] = [
  { apiGroups: [""], resources: ["namespaces", "nodes"], verbs: ["get", "list", "watch"] },
];

/**
 * What an operator may do beside looking on: have a pod made anew, scale, take a Job away. Neither see a Secret nor get at one by a
 * detour: whoever may make pods, change what they run or open a shell in them has every Secret of the namespace
 * (https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation).
 */
export const OPERATE: Rule[] = [
  { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
  { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  { apiGroups: ["apps"], resources: ["deployments/scale", "statefulsets/scale"], verbs: ["get", "update", "patch"] },
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["delete"] },
];

/** Who gets a ClusterRole, in all the platform's namespaces or in the whole cluster. */
interface Grant {
  /** Name of the binding, after the component's. */
  readonly name: string;
  readonly everywhere: boolean;
  readonly clusterRole: string;
  readonly roles: readonly KubernetesRole[];
}

/** Upstream's `view` shows no Secret: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
export const grantsOf = (name: string): readonly Grant[] => [
  { name: "admin", everywhere: true, clusterRole: "cluster-admin", roles: ["admin"] },
  { name: "browse", everywhere: true, clusterRole: `${name}-browse`, roles: ["operator", "viewer"] },
  { name: "view", everywhere: false, clusterRole: "view", roles: ["operator", "viewer"] },
  { name: "operate", everywhere: false, clusterRole: `${name}-operate`, roles: ["operator"] },
];

/** The groups of a grant as subjects, in a stable order. */
export function subjectsOf({ roles }: Grant, groups: Readonly<Record<string, KubernetesRole>>) {
  return Object.entries(groups)
    .filter(([, role]) => roles.includes(role))
    .map(([group]) => ({ apiGroup: RBAC, kind: "Group", name: group }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

export const roleRefOf = ({ clusterRole }: Grant) => ({ apiGroup: RBAC, kind: "ClusterRole", name: clusterRole });
