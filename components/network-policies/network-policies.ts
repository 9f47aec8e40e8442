import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Flow } from "../../environment";
import type { Labels } from "../labels";
import { Problems, refuse } from "../problems";
import { TYPES } from "../types";
import { type ClusterAddresses, policiesOf } from "./policies";

export interface NetworkPoliciesArgs {
  /** Connections that are allowed. Plain: they decide which resources exist. */
  readonly flows: readonly Flow[];
  /** Namespaces where everything else is denied. Those of the flows must be among them. Plain. */
  readonly namespaces: readonly string[];
  /** Where the API server is. Plain. */
  readonly cluster: ClusterAddresses;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

/**
 * Network policies rendered from flows: in each namespace nothing may be opened or reached but what a flow allows. The kubelet's
 * probes need no flow (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
 */
export class NetworkPolicies extends pulumi.ComponentResource {
  readonly policies: readonly k8s.networking.v1.NetworkPolicy[];

  constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.networkPolicies, name, {}, opts);
    refuse(checkPolicies(name, args), this);
    this.policies = policiesOf(args.flows, args.namespaces, args.cluster).map(
      ({ metadata, spec }) =>
        new k8s.networking.v1.NetworkPolicy(
          `${name}-${metadata.namespace}-${metadata.name}`,
          { metadata: { ...metadata, labels: { ...args.labels } }, spec },
          { parent: this },
        ),
    );
    this.registerOutputs({});
  }
}

function checkPolicies(name: string, { flows, namespaces, cluster }: NetworkPoliciesArgs): string[] {
  const problems = new Problems(`NetworkPolicies "${name}"`);
  problems.distinct("namespaces", namespaces);
  const used = flows.flatMap(({ from, to }) =>
    [from, to].flatMap((party) => ("namespace" in party ? [party.namespace] : [])),
  );
  for (const namespace of new Set(used)) {
    if (namespaces.includes(namespace)) continue;
    problems.add("namespaces", `has no "${namespace}", where a flow begins or ends. Add it.`);
  }
  const needsApi = flows.some(({ from, to }) => from.kind === "kubernetes-api" || to.kind === "kubernetes-api");
  if (needsApi && cluster.apiServers.length === 0) {
    problems.add(
      "cluster.apiServers",
      "is empty, but flows lead to or from the API server. Give its networks, such as 192.0.2.1/32.",
    );
  }
  return problems.found;
}
