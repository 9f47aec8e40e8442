import { annotations, isMarked } from "../annotations";
import type { Cluster } from "../cluster";
import { type Kind, kindKey } from "../kind";
import { annotationOf, type KubeObject, mapAt, nameOf, namespaceOf, textAt } from "../object";
import { ApiError } from "../rest";
import { judgeDaemonSet } from "./daemon-set";
import { judgeDefinition } from "./definition";
import { judgeDeployment } from "./deployment";
import { judgeJob } from "./job";
import type { Judgement } from "./judgement";
import { judgePod } from "./pod";
import { judgeService } from "./service";
import { judgeStatefulSet } from "./stateful-set";
import { judgeVolumeClaim } from "./volume-claim";
import { parseWaitFor } from "./wait-for";

/** How to tell that an object of one kind has become what it should. */
export interface ReadinessRule {
  /** Default limit. */
  readonly timeoutSeconds: number;
  /** Looks up what the object alone does not tell, and judges. */
  readonly judge: (object: KubeObject, cluster: Cluster, signal: AbortSignal) => Judgement | Promise<Judgement>;
  /** Objects of another kind whose changes matter. */
  readonly watches?: (object: KubeObject) => { readonly kind: Kind; readonly labelSelector: string };
  /** Labels of its pods, whose troubles explain a failure. */
  readonly podSelector?: (object: KubeObject) => string;
}

const endpointSlice: Kind = { group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice" };
const storageClass: Kind = { group: "storage.k8s.io", version: "v1", kind: "StorageClass" };

const slicesOf = (service: KubeObject) => ({
  kind: endpointSlice,
  labelSelector: `kubernetes.io/service-name=${nameOf(service)}`,
});

/** Limits are the official plugin's: 10 minutes for what runs pods, 5 for a pod or a claim. */
const rules: Readonly<Record<string, ReadinessRule>> = {
  "apiextensions.k8s.io/v1/CustomResourceDefinition": { timeoutSeconds: 60, judge: judgeDefinition },
  "apps/v1/DaemonSet": { timeoutSeconds: 600, judge: judgeDaemonSet, podSelector: labelsOfSelector },
  "apps/v1/Deployment": { timeoutSeconds: 600, judge: judgeDeployment, podSelector: labelsOfSelector },
  "apps/v1/StatefulSet": { timeoutSeconds: 600, judge: judgeStatefulSet, podSelector: labelsOfSelector },
  "batch/v1/Job": { timeoutSeconds: 600, judge: judgeJob, podSelector: labelsOfSelector },
  "v1/PersistentVolumeClaim": { timeoutSeconds: 300, judge: judgeClaimOfClass },
  "v1/Pod": { timeoutSeconds: 300, judge: judgePod },
  "v1/Service": {
    timeoutSeconds: 600,
    judge: judgeServiceWithEndpoints,
    watches: slicesOf,
    podSelector: labelsOfService,
  },
};

/**
 * What to wait for after a write; undefined if for nothing.
 * @throws if the annotation `pulumi.com/waitFor` cannot be read
 */
export function ruleFor(kind: Kind, manifest: KubeObject): ReadinessRule | undefined {
  if (isMarked(manifest, annotations.skipAwait)) return undefined;
  const rule = rules[kindKey(kind)];
  const waitFor = annotationOf(manifest, annotations.waitFor);
  if (waitFor === undefined) return rule;
  return { timeoutSeconds: 600, ...rule, judge: parseWaitFor(waitFor) };
}

async function judgeServiceWithEndpoints(
  service: KubeObject,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Judgement> {
  const { kind, labelSelector } = slicesOf(service);
  return judgeService(service, await cluster.list(kind, namespaceOf(service), { labelSelector }, signal));
}

async function judgeClaimOfClass(claim: KubeObject, cluster: Cluster, signal: AbortSignal): Promise<Judgement> {
  const name = textAt(claim, "spec", "storageClassName");
  if (name === undefined || textAt(claim, "status", "phase") === "Bound") return judgeVolumeClaim(claim, undefined);
  const found = await cluster.get(storageClass, undefined, name, signal).catch((thrown: unknown) => {
    if (thrown instanceof ApiError && thrown.code === 404) return undefined;
    throw thrown;
  });
  return judgeVolumeClaim(claim, found);
}

function labelsOfSelector(object: KubeObject): string {
  return toLabelSelector(mapAt(object, "spec", "selector", "matchLabels"));
}

function labelsOfService(object: KubeObject): string {
  return toLabelSelector(mapAt(object, "spec", "selector"));
}

function toLabelSelector(labels: KubeObject): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
