import { type KubeObject, numberAt, textAt } from "../object";
import { isStale, type Judgement, ready, waiting } from "./judgement";

/** Ready when all replicas are ready and, under `RollingUpdate`, of the newest revision (down to the partition). */
export function judgeStatefulSet(set: KubeObject): Judgement {
  if (isStale(set)) return waiting("waiting for the stateful set controller to see the new spec");
  const wanted = numberAt(set, "spec", "replicas") ?? 1;
  const readyReplicas = numberAt(set, "status", "readyReplicas") ?? 0;
  if (readyReplicas < wanted) return waiting(`${readyReplicas} of ${wanted} replicas are ready`);
  if (textAt(set, "spec", "updateStrategy", "type") === "OnDelete") return ready;
  const partition = numberAt(set, "spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
  const updated = numberAt(set, "status", "updatedReplicas") ?? 0;
  const toUpdate = Math.max(0, wanted - partition);
  const isNewest = textAt(set, "status", "currentRevision") === textAt(set, "status", "updateRevision");
  if (!isNewest && updated < toUpdate) return waiting(`${updated} of ${toUpdate} replicas are of the new revision`);
  if (!isNewest && partition === 0) return waiting("waiting for the new revision to become the current one");
  return ready;
}
