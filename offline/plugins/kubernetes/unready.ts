import type { DiffRequest } from "../base/plugin";
import { annotations, isMarkedIn } from "./annotations";
import { judgeJob } from "./await/job";
import { type Kind, kindKey } from "./kind";
import { parseId } from "./object";
import type { Session } from "./session";

/**
 * True for a Job with the annotation `pulumi.com/replaceUnready` that is not ready as it is, failed or not yet done: else each update
 * would wait for what has failed for good. A Job that has gone or cannot be read is left alone, so that a preview needs no cluster.
 * @see https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/#pulumicomreplaceunready
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go (Diff, metadata.ReplaceUnready)
 */
export async function isToBeMadeAnew(
  kind: Kind,
  session: Pick<Session, "cluster">,
  { id, news, signal }: Pick<DiffRequest, "id" | "news" | "signal">,
): Promise<boolean> {
  if (kindKey(kind) !== "batch/v1/Job" || !isMarkedIn(news, annotations.replaceUnready)) return false;
  const { name, namespace } = parseId(id);
  try {
    return !judgeJob(await session.cluster().get(kind, namespace, name, signal)).ready;
  } catch {
    return false;
  }
}
