import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesRole } from "../../environment";
import { type Labels, objectLabels } from "../labels";
import { Problems, refuse } from "../problems";
import { TYPES } from "../types";
import { BROWSE, grantsOf, OPERATE, roleRefOf, subjectsOf } from "./manifests";

export interface KubernetesAccessArgs {
  /**
   * Role of each group, by the name that the API server knows the group by. `admin`: everything. `operator`: looks on, has pods made
   * anew, scales, takes Jobs away. `viewer`: looks on, but at no Secret. Plain: it decides which resources exist.
   */
  readonly groups: Readonly<Record<string, KubernetesRole>>;
  /** Namespaces where operators and viewers have their roles, by name. Plain as to which there are. */
  readonly namespaces: Readonly<Record<string, pulumi.Input<string>>>;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

/** What people may do in Kubernetes, by the groups that they are in. How they are known to the API server is its own affair. */
export class KubernetesAccess extends pulumi.ComponentResource {
  constructor(name: string, args: KubernetesAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.kubernetesAccess, name, {}, opts);
    refuse(checkAccess(name, args), this);
    const labels = objectLabels(args.labels ?? {}, { name: "kubernetes-access", instance: name }, "access");
    const child = { parent: this };
    for (const [suffix, rules] of Object.entries({ browse: BROWSE, operate: OPERATE }))
      new k8s.rbac.v1.ClusterRole(
        `${name}-${suffix}`,
        { metadata: { name: `${name}-${suffix}`, labels }, rules },
        child,
      );

    for (const grant of grantsOf(name)) {
      const subjects = subjectsOf(grant, args.groups);
      if (subjects.length === 0) continue;
      const binding = { roleRef: roleRefOf(grant), subjects };
      const metadata = { name: `${name}-${grant.name}`, labels };
      if (grant.everywhere) {
        new k8s.rbac.v1.ClusterRoleBinding(`${name}-${grant.name}-binding`, { metadata, ...binding }, child);
        continue;
      }
      for (const [plain, namespace] of Object.entries(args.namespaces))
        new k8s.rbac.v1.RoleBinding(
          `${name}-${grant.name}-in-${plain}`,
          { metadata: { ...metadata, namespace }, ...binding },
          child,
        );
    }
    this.registerOutputs({});
  }
}

/** Groups whose name begins so are Kubernetes' own; what they may do is not for people. */
const OWN_GROUPS = "system:";

function checkAccess(name: string, { groups, namespaces }: KubernetesAccessArgs): string[] {
  const problems = new Problems(`KubernetesAccess "${name}"`);
  problems.name("name", name, 40);
  for (const group of Object.keys(groups)) {
    if (group !== "" && !group.startsWith(OWN_GROUPS)) continue;
    problems.add("groups", `names ${JSON.stringify(group)}. Use a name that does not begin with "${OWN_GROUPS}".`);
  }
  for (const namespace of Object.keys(namespaces)) problems.name("namespaces", namespace);
  return problems.found;
}
