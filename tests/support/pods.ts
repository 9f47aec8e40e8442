import { eventually, get, type KubernetesObject } from "./cli";

interface PodStatus {
  readonly phase: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly containerStatuses?: readonly { readonly restartCount: number }[];
}

const statusOf = ({ status }: KubernetesObject) => status as unknown as PodStatus;

/** Waits until every pod is ready or through with its work. @throws naming those that are not within so many seconds. */
export async function allPodsReady(seconds: number, where: readonly string[] = ["--all-namespaces"]): Promise<void> {
  await eventually("every pod ready", seconds, async () => {
    const { items } = await get("pods", ...where);
    const unready = items.filter((pod) => {
      const { phase, conditions = [] } = statusOf(pod);
      return phase !== "Succeeded" && !conditions.some(({ type, status }) => type === "Ready" && status === "True");
    });
    if (unready.length > 0) throw new Error(unready.map(({ metadata }) => metadata.name).join(", "));
    return true;
  });
}

/** Names of pods of which a container was started again. */
export async function restartedPods(): Promise<string[]> {
  const { items } = await get("pods", "--all-namespaces");
  return items
    .filter((pod) => statusOf(pod).containerStatuses?.some(({ restartCount }) => restartCount > 0))
    .map(({ metadata }) => metadata.name);
}
