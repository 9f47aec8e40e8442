import type { Cluster } from "../cluster";
import type { Kind } from "../kind";
import { type KubeObject, namespaceOf, numberAt, textAt } from "../object";
import { podProblems } from "./pod-problems";

const pod: Kind = { group: "", version: "v1", kind: "Pod" };
const event: Kind = { group: "", version: "v1", kind: "Event" };

/** How many events and pods a message tells of; more only hide the cause. */
const SHOWN = 5;

/** What the cluster knows about an object that is not ready: troubles of its pods and the last events of both. Never throws. */
export async function collectEvidence(
  cluster: Cluster,
  object: KubeObject,
  podSelector: string | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const namespace = namespaceOf(object);
    const isPod = textAt(object, "kind") === "Pod";
    const pods = podSelector
      ? await cluster.list(pod, namespace, { labelSelector: podSelector }, signal)
      : isPod
        ? [object]
        : [];
    const of = isPod ? pods : [object, ...pods.slice(0, SHOWN)];
    const events = await Promise.all(
      of.map((subject) =>
        cluster.list(
          event,
          namespace,
          { fieldSelector: `involvedObject.uid=${textAt(subject, "metadata", "uid")}` },
          signal,
        ),
      ),
    );
    return [...pods.flatMap(podProblems).slice(0, SHOWN), ...lastEvents(events.flat())];
  } catch {
    return [];
  }
}

/** The last events, oldest first, warnings before anything else: `Warning Failed (3 times) Pod "web-1": ...`. */
export function lastEvents(events: readonly KubeObject[]): string[] {
  const warnings = events.filter((candidate) => textAt(candidate, "type") === "Warning");
  return [...(warnings.length > 0 ? warnings : events)]
    .sort((left, right) => timeOf(left).localeCompare(timeOf(right)))
    .slice(-SHOWN)
    .map((happened) => {
      const count = numberAt(happened, "count") ?? numberAt(happened, "series", "count") ?? 1;
      const subject = `${textAt(happened, "involvedObject", "kind")} "${textAt(happened, "involvedObject", "name")}"`;
      const times = count > 1 ? ` (${count} times)` : "";
      return `event ${textAt(happened, "reason")}${times}, ${subject}: ${textAt(happened, "message") ?? ""}`;
    });
}

function timeOf(happened: KubeObject): string {
  return (
    textAt(happened, "series", "lastObservedTime") ??
    textAt(happened, "lastTimestamp") ??
    textAt(happened, "eventTime") ??
    textAt(happened, "metadata", "creationTimestamp") ??
    ""
  );
}
