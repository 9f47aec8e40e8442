import { type KubeObject, textAt } from "../object";
import { conditionOf, failed, isTrue, type Judgement, ready, waiting } from "./judgement";
import { podProblems } from "./pod-problems";

/** Ready when its Ready condition is true or when it has succeeded. */
export function judgePod(pod: KubeObject): Judgement {
  const phase = textAt(pod, "status", "phase");
  if (phase === "Succeeded") return ready;
  if (phase === "Failed") return failed(["the pod failed", ...podProblems(pod)].join("; "));
  if (isTrue(conditionOf(pod, "Ready"))) return ready;
  return waiting(podProblems(pod)[0] ?? `the pod is ${phase ?? "not yet accepted by a node"}`);
}
