import { setTimeout as delay } from "node:timers/promises";
import type { Log, ResourceRequest } from "../base/plugin";
import type { PropertyMap } from "../base/values";
import { waitUntilGone } from "./await/wait";
import { type Cluster, StillGoing, type WriteOptions } from "./cluster";
import { UnknownKind } from "./discovery";
import type { Kind } from "./kind";
import { type KubeObject, withoutField } from "./object";
import { DELETE_SECONDS } from "./remove";
import { ApiError } from "./rest";
import { redact } from "./secrets";

/** Pauses before a creation is tried again whose namespace or kind is missing: both may come with the same update. */
const PAUSES_MILLISECONDS = [500, 1_000, 2_000, 4_000];

/** A manifest without a namespace where the kind has none. */
export async function place(
  cluster: Cluster,
  kind: Kind,
  manifest: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject> {
  return (await cluster.isNamespaced(kind, signal)) ? manifest : withoutField(manifest, ["metadata", "namespace"]);
}

/**
 * Creates an object, with some patience if its namespace or kind is not there yet, or its predecessor has not quite gone: the
 * deletion of one that is replaced is not awaited under `pulumi.com/skipAwait`.
 */
export async function createPatiently(
  cluster: Cluster,
  kind: Kind,
  manifest: KubeObject,
  options: WriteOptions,
  log: Log,
): Promise<KubeObject> {
  for (const pause of PAUSES_MILLISECONDS) {
    try {
      return await cluster.create(kind, await place(cluster, kind, manifest, options.signal), options);
    } catch (thrown) {
      if (thrown instanceof StillGoing) {
        const { signal } = options;
        await waitUntilGone({ cluster, kind, object: thrown.live, timeoutSeconds: DELETE_SECONDS, log, signal });
        continue;
      }
      const mayCome = thrown instanceof UnknownKind || (thrown instanceof ApiError && thrown.code === 404);
      if (!mayCome) throw thrown;
      await log("info", `trying again: ${thrown.message}`, { ephemeral: true });
      await delay(pause, undefined, { signal: options.signal });
    }
  }
  return cluster.create(kind, await place(cluster, kind, manifest, options.signal), options);
}

/** Shows the API server's warnings (unknown fields, deprecated versions, Pod Security) beside the resource. */
export function warnThrough({ log }: ResourceRequest, inputs: PropertyMap): (warning: string) => void {
  return (warning) => void log("warning", redact(warning, inputs));
}
