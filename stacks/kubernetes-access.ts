import { KubernetesAccess } from "../components/kubernetes-access";
import { type Environment, type KubernetesRole, kubernetesGroup, kubernetesRoleOf } from "../environment";
import type { Foundation } from "./foundation";

/** What the realm's groups may do in Kubernetes, where its API server takes the realm's tokens. */
export function buildKubernetesAccess(
  { realm }: Environment,
  { namespaces, labels, providers }: Foundation,
): KubernetesAccess {
  const groups = Object.entries(realm.groups).flatMap(([group, { roles }]): [string, KubernetesRole][] => {
    const role = kubernetesRoleOf(roles);
    return role === undefined ? [] : [[kubernetesGroup(group), role]];
  });
  return new KubernetesAccess(
    "platform-access",
    {
      groups: Object.fromEntries(groups),
      namespaces: Object.fromEntries(namespaces.names.map((name) => [name, namespaces.of(name)])),
      labels,
    },
    { providers },
  );
}
