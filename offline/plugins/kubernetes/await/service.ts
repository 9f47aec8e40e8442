import { at, type KubeObject, listAt, mapAt, textAt } from "../object";
import { type Judgement, ready, waiting } from "./judgement";

/** Ready when it has a ready endpoint (if it selects pods) and, for a load balancer, an address. */
export function judgeService(service: KubeObject, endpointSlices: readonly KubeObject[]): Judgement {
  if (awaitsEndpoints(service) && !endpointSlices.some(hasReadyEndpoint)) {
    return waiting("no pod that the service selects is ready");
  }
  const isBalancer = textAt(service, "spec", "type") === "LoadBalancer";
  if (isBalancer && listAt(service, "status", "loadBalancer", "ingress").length === 0) {
    return waiting("the load balancer has no address yet");
  }
  return ready;
}

/**
 * Without a selector somebody else makes the endpoints, and a headless service is a list of names that pods may need to start.
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/service.go (shouldWaitForPods)
 */
function awaitsEndpoints(service: KubeObject): boolean {
  const isHeadless = textAt(service, "spec", "clusterIP") === "None";
  const isElsewhere = textAt(service, "spec", "type") === "ExternalName";
  return !isHeadless && !isElsewhere && Object.keys(mapAt(service, "spec", "selector")).length > 0;
}

/** A missing `ready` means unknown, which clients read as ready. */
function hasReadyEndpoint(slice: KubeObject): boolean {
  return listAt(slice, "endpoints").some((endpoint) => at(endpoint, "conditions", "ready") !== false);
}
