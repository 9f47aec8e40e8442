import { at, type KubeObject, numberAt, textAt } from "../object";
import { conditionOf, explain, failed, isStale, type Judgement, ready, waiting } from "./judgement";

/** Ready when the newest revision runs with all its replicas available and none of an older revision is left. */
export function judgeDeployment(deployment: KubeObject): Judgement {
  if (isStale(deployment)) return waiting("waiting for the deployment controller to see the new spec");
  if (at(deployment, "spec", "paused") === true) return ready;
  const progressing = conditionOf(deployment, "Progressing");
  if (textAt(progressing, "reason") === "ProgressDeadlineExceeded") {
    return failed(`the rollout made no progress within its deadline: ${explain(progressing)}`);
  }
  const wanted = numberAt(deployment, "spec", "replicas") ?? 1;
  const updated = numberAt(deployment, "status", "updatedReplicas") ?? 0;
  const all = numberAt(deployment, "status", "replicas") ?? 0;
  const available = numberAt(deployment, "status", "availableReplicas") ?? 0;
  if (updated < wanted) return waiting(`${updated} of ${wanted} new replicas exist`);
  if (all > updated) return waiting(`${all - updated} old replicas are still there`);
  if (available < wanted) return waiting(`${available} of ${wanted} replicas are available`);
  return ready;
}
