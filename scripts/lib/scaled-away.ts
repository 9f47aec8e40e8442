import type { Kubectl } from "./kubectl";
import { STACK_LABEL } from "./recover";
import type { StateResource } from "./stack-state";

const COLUMNS = "custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,REPLICAS:.spec.replicas";

/**
 * Deployments and StatefulSets of a stack that the cluster has with no replicas although the state has some: somebody scaled them. An
 * update without a refresh does not see it. What an autoscaler scales has no replicas in the state.
 */
export async function scaledAway(
  kubectl: Kubectl,
  stack: string,
  resources: readonly StateResource[],
): Promise<string[]> {
  const which = ["--all-namespaces", "--selector", `${STACK_LABEL}=${stack}`];
  const listed = await kubectl(["get", "deployments,statefulsets", ...which, "--no-headers", "--output", COLUMNS]);
  const idle = listed
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , replicas]) => replicas === "0")
    .map(([namespace, name]) => `${namespace}/${name}`);
  const wished = resources.filter(
    ({ type, inputs }) => type.startsWith("kubernetes:apps/v1:") && (inputs?.spec?.replicas ?? 0) > 0,
  );
  return wished.map(({ id = "" }) => id).filter((id) => idle.includes(id));
}
