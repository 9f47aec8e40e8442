import { eventually, get, type KubernetesObject } from "./cli";

interface PodStatus {
  readonly phase: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly containerStatuses?: readonly { readonly restartCount: number }[];
}

const statusOf = ({ status }: KubernetesObject) => status as unknown as PodStatus;

/** Names of pods that are neither ready nor through with their work; one that no node has room for is neither. */
export async function unreadyPods(where: readonly string[] = ["--all-namespaces"]): Promise<string[]> {
  const { items } = await get("pods", ...where);
  const unready = items
    .map((pod) => ({ name: pod.metadata.name, ...statusOf(pod) }))
    .filter(({ phase, conditions = [] }) => {
      const ready = conditions.some(({ type, status }) => type === "Ready" && status === "True");
      return phase !== "Succeeded" && !ready;
    });
  return unready.map(({ name }) => name);
}

/** Waits until every pod is ready or through with its work. @throws naming those that are not within so many seconds. */
export async function allPodsReady(seconds: number, where?: readonly string[]): Promise<void> {
  await eventually("every pod ready", seconds, async () => {
    const unready = await unreadyPods(where);
    if (unready.length > 0) throw new Error(unready.join(", "));
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
