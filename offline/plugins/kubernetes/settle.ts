import { InitFailed, type Log, type ReadResult } from "../base/plugin";
import type { PropertyMap } from "../base/values";
import { timeoutOf } from "./annotations";
import { collectEvidence } from "./await/evidence";
import { type ReadinessRule, ruleFor } from "./await/rules";
import { NotReady, waitUntilReady } from "./await/wait";
import type { Cluster } from "./cluster";
import type { Kind } from "./kind";
import { describe, idOf, type KubeObject, nameOf, namespaceOf } from "./object";
import { outputsOf } from "./outputs";
import { redact } from "./secrets";

interface SettleArgs {
  readonly cluster: Cluster;
  readonly kind: Kind;
  /** The object as the write returned it. */
  readonly object: KubeObject;
  readonly manifest: KubeObject;
  readonly rule: ReadinessRule | undefined;
  readonly inputs: PropertyMap;
  readonly fieldManager: string;
  readonly timeoutSeconds: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Waits until a written object is ready and returns its outputs. @throws InitFailed with what is there, if it does not get ready */
export async function settle(args: SettleArgs): Promise<PropertyMap> {
  const { cluster, kind, object, rule, inputs, fieldManager } = args;
  if (rule === undefined) return outputsOf(object, inputs, fieldManager);
  const timeoutSeconds = timeoutOf(args.timeoutSeconds, args.manifest, rule.timeoutSeconds);
  try {
    const live = await waitUntilReady({ ...args, timeoutSeconds }, rule);
    return outputsOf(live, inputs, fieldManager);
  } catch (thrown) {
    const reasons = thrown instanceof NotReady ? thrown.reasons : [`${describe(object)}: ${(thrown as Error).message}`];
    const live = thrown instanceof NotReady ? thrown.live : await latest(cluster, kind, object);
    const result = { id: idOf(object), inputs, outputs: outputsOf(live, inputs, fieldManager) };
    throw new InitFailed(
      result,
      reasons.map((reason) => redact(reason, inputs)),
    );
  }
}

/** What a refresh tells of an object that is there but not ready. @throws InitFailed then */
export async function judgeOnce(
  kind: Kind,
  cluster: Cluster,
  live: KubeObject,
  result: ReadResult,
  signal: AbortSignal,
): Promise<void> {
  const rule = ruleFor(kind, live);
  const judgement = await rule?.judge(live, cluster, signal);
  if (judgement === undefined || judgement.ready) return;
  const evidence = await collectEvidence(cluster, live, rule?.podSelector?.(live), signal);
  const reasons = [`${describe(live)} is not ready: ${judgement.message}`, ...evidence];
  throw new InitFailed(
    result,
    reasons.map((reason) => redact(reason, result.inputs)),
  );
}

/** The object as it is, or as it was last seen if it cannot be read. */
async function latest(cluster: Cluster, kind: Kind, object: KubeObject): Promise<KubeObject> {
  const signal = AbortSignal.timeout(5_000);
  return cluster.get(kind, namespaceOf(object), nameOf(object), signal).catch(() => object);
}
