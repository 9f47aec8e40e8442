import { once } from "node:events";
import type { Log } from "../../base/plugin";
import type { Cluster } from "../cluster";
import type { Kind } from "../kind";
import { describe, type KubeObject, nameOf, namespaceOf, textAt } from "../object";
import { ApiError, Unreachable } from "../rest";
import { collectEvidence } from "./evidence";
import type { ReadinessRule } from "./rules";

/** Looks again after this time even if no watch reported anything: a watch may have broken, and some conditions come with time. */
const LOOK_AGAIN_MILLISECONDS = 3_000;

/** The object is there, but did not become what it should in time. */
export class NotReady extends Error {
  readonly live: KubeObject;
  readonly reasons: readonly string[];
  constructor(live: KubeObject, reasons: readonly string[]) {
    super(reasons.join("\n"));
    this.live = live;
    this.reasons = reasons;
  }
}

export interface WaitArgs {
  readonly cluster: Cluster;
  readonly kind: Kind;
  /** The object as the write returned it. */
  readonly object: KubeObject;
  readonly timeoutSeconds: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Waits until the object is ready and returns it as it is then. @throws NotReady on failure, time-out and cancellation */
export async function waitUntilReady(args: WaitArgs, rule: ReadinessRule): Promise<KubeObject> {
  const { cluster, kind, object, signal } = args;
  let live = object;
  let message = "";
  const look = async (limit: AbortSignal): Promise<boolean> => {
    live = await cluster.get(kind, namespaceOf(object), nameOf(object), limit);
    const judgement = await rule.judge(live, cluster, limit);
    if (judgement.failed)
      throw new NotReady(live, await reasons(args, rule, live, `is not ready: ${judgement.message}`));
    if (!judgement.ready && judgement.message !== message) {
      message = judgement.message;
      await args.log("info", message, { ephemeral: true });
    }
    return judgement.ready;
  };
  const outcome = await repeatUntil(args, look, rule.watches?.(object));
  if (outcome === "done") return live;
  const when = signal.aborted ? "when the update was cancelled" : `after ${args.timeoutSeconds} seconds`;
  throw new NotReady(
    live,
    await reasons(args, rule, live, `was not ready ${when}: ${message || "nothing is known of it"}`),
  );
}

/** Waits until the object is gone, or another one has its name. @throws NotReady on time-out and cancellation */
export async function waitUntilGone(args: WaitArgs): Promise<void> {
  const { cluster, kind, object, signal } = args;
  const uid = textAt(object, "metadata", "uid");
  let live = object;
  let message = "";
  const look = async (limit: AbortSignal): Promise<boolean> => {
    try {
      live = await cluster.get(kind, namespaceOf(object), nameOf(object), limit);
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.code === 404) return true;
      throw thrown;
    }
    if (textAt(live, "metadata", "uid") !== uid) return true;
    const finalizers = (live["metadata"] as { finalizers?: string[] } | undefined)?.finalizers ?? [];
    const seen =
      finalizers.length === 0 ? "waiting for the object to go" : `waiting for finalizers ${finalizers.join(", ")}`;
    if (seen !== message) {
      message = seen;
      await args.log("info", message, { ephemeral: true });
    }
    return false;
  };
  if ((await repeatUntil(args, look)) === "done") return;
  const why = signal.aborted ? "the update was cancelled" : `it still exists after ${args.timeoutSeconds} seconds`;
  throw new NotReady(live, [`${why}: ${message}`]);
}

async function reasons(args: WaitArgs, rule: ReadinessRule, live: KubeObject, message: string): Promise<string[]> {
  const evidence = await collectEvidence(args.cluster, live, rule.podSelector?.(live), AbortSignal.timeout(5_000));
  return [`${describe(live)} ${message}`, ...evidence];
}

/** Calls `look` now and at each change until it says done, the time is over or the signal is aborted. */
async function repeatUntil(
  { cluster, kind, object, timeoutSeconds, signal }: WaitArgs,
  look: (limit: AbortSignal) => Promise<boolean>,
  related?: { readonly kind: Kind; readonly labelSelector: string },
): Promise<"done" | "stopped"> {
  const closing = new AbortController();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000), closing.signal]);
  const changes = new EventTarget();
  const follow = async (watched: Kind, query: Readonly<Record<string, string>>): Promise<void> => {
    const path = await cluster.collection(watched, namespaceOf(object), limit);
    await cluster.rest.watch(path, query, limit, () => changes.dispatchEvent(new Event("change")));
  };
  const watches = [follow(kind, { fieldSelector: `metadata.name=${nameOf(object)}` })];
  if (related !== undefined) watches.push(follow(related.kind, { labelSelector: related.labelSelector }));
  for (const watch of watches) watch.catch(() => undefined);
  try {
    while (!limit.aborted) {
      const next = once(changes, "change", {
        signal: AbortSignal.any([limit, AbortSignal.timeout(LOOK_AGAIN_MILLISECONDS)]),
      });
      next.catch(() => undefined);
      try {
        if (await look(limit)) return "done";
      } catch (thrown) {
        if (!limit.aborted && !(thrown instanceof Unreachable)) throw thrown;
      }
      await next.catch(() => undefined);
    }
    return "stopped";
  } finally {
    closing.abort();
  }
}
