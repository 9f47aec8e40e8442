import { type KubeObject, numberAt, textAt } from "../object";
import { isStale, type Judgement, ready, waiting } from "./judgement";

/** Ready when every node that should run the newest pod has it available. */
export function judgeDaemonSet(set: KubeObject): Judgement {
  if (isStale(set)) return waiting("waiting for the daemon set controller to see the new spec");
  const wanted = numberAt(set, "status", "desiredNumberScheduled") ?? 0;
  const updated = numberAt(set, "status", "updatedNumberScheduled") ?? 0;
  const available = numberAt(set, "status", "numberAvailable") ?? 0;
  const rolling = textAt(set, "spec", "updateStrategy", "type") !== "OnDelete";
  if (rolling && updated < wanted) return waiting(`${updated} of ${wanted} nodes have the new pod`);
  if (available < wanted) return waiting(`pods are available on ${available} of ${wanted} nodes`);
  return ready;
}
