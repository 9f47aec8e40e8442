import { type KubeObject, textAt } from "../object";
import { failed, type Judgement, ready, waiting } from "./judgement";

/** Ready when bound, or when it waits for its first pod as its storage class says. */
export function judgeVolumeClaim(claim: KubeObject, storageClass: KubeObject | undefined): Judgement {
  const phase = textAt(claim, "status", "phase") ?? "Pending";
  if (phase === "Bound") return ready;
  if (phase === "Lost") return failed("the volume of the claim is lost");
  const mode = textAt(storageClass, "volumeBindingMode");
  return mode === "WaitForFirstConsumer" ? ready : waiting(`the claim is ${phase}, not yet bound to a volume`);
}
