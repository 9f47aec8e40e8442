import { at, type KubeObject, numberAt } from "../object";
import { conditionOf, explain, failed, isTrue, type Judgement, ready, waiting } from "./judgement";

/** Ready when complete; a suspended job is left alone. */
export function judgeJob(job: KubeObject): Judgement {
  const failure = conditionOf(job, "Failed");
  if (isTrue(failure)) return failed(`the job failed: ${explain(failure)}`);
  if (isTrue(conditionOf(job, "Complete"))) return ready;
  if (at(job, "spec", "suspend") === true) return ready;
  const wanted = numberAt(job, "spec", "completions") ?? 1;
  const succeeded = numberAt(job, "status", "succeeded") ?? 0;
  const failures = numberAt(job, "status", "failed") ?? 0;
  const retries = failures === 0 ? "" : `, ${failures} failed`;
  return waiting(`${succeeded} of ${wanted} pods have succeeded${retries}`);
}
