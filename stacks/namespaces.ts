import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../components/labels";
import type { Environment } from "../environment";

/** The namespaces of a stack. */
export interface Namespaces {
  /** The name, known once the namespace is there. Throws for one that nothing switched on belongs to. */
  of(name: string): pulumi.Output<string>;
  /** Those that the stack makes. */
  readonly names: readonly string[];
  /** What to depend on where names are written out. */
  readonly resources: readonly pulumi.Resource[];
}

/**
 * A namespace for everything that is switched on, under the `restricted` Pod Security Standard
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted). Those in `others` are made by somebody else.
 */
export function makeNamespaces(
  { workloads, services }: Environment,
  others: readonly string[],
  labels: Labels,
  provider: k8s.Provider,
): Namespaces {
  const used = Object.values(workloads)
    .filter(({ service }) => services[service])
    .map(({ namespace }) => namespace);
  const made = new Map(
    [...new Set(used)]
      .filter((name) => !others.includes(name))
      .sort()
      .map((name) => [
        name,
        new k8s.core.v1.Namespace(
          name,
          { metadata: { name, labels: { ...labels, "pod-security.kubernetes.io/enforce": "restricted" } } },
          { provider },
        ),
      ]),
  );
  return {
    of: (name) => {
      const namespace = made.get(name);
      if (namespace === undefined) throw new Error(`the namespace "${name}" belongs to nothing that is switched on`);
      return namespace.metadata.name;
    },
    names: [...made.keys()],
    resources: [...made.values()],
  };
}
