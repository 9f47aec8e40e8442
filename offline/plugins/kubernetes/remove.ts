import type { DeleteRequest } from "../base/plugin";
import { annotations, isMarked, propagationOf, timeoutOf } from "./annotations";
import { waitUntilGone } from "./await/wait";
import { type Kind, kindKey } from "./kind";
import { parseId } from "./object";
import type { Session } from "./session";

/** How long a deletion may take unless the program says otherwise; foreground deletion includes everything the object owns. */
export const DELETE_SECONDS = 600;

/**
 * Kinds whose deletion is not awaited under `pulumi.com/skipAwait`.
 * @see https://github.com/pulumi/pulumi-kubernetes/issues/3154
 */
const skipsDeletion: ReadonlySet<string> = new Set([
  "v1/Namespace",
  "v1/Pod",
  "v1/ReplicationController",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "batch/v1/Job",
]);

/** Deletes an object and waits until it is gone, finalizers and dependents included. */
export async function removeObject(kind: Kind, session: Session, request: DeleteRequest): Promise<void> {
  const { log, signal } = request;
  const { name, namespace } = parseId(request.id);
  const cluster = session.cluster();
  const object = await cluster.get(kind, namespace, name, signal);
  await cluster.delete(kind, object, propagationOf(object), signal);
  if (isMarked(object, annotations.skipAwait) && skipsDeletion.has(kindKey(kind))) return;
  const timeoutSeconds = timeoutOf(request.timeoutSeconds, object, DELETE_SECONDS);
  await waitUntilGone({ cluster, kind, object, timeoutSeconds, log, signal });
}
