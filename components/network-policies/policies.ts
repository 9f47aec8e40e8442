import type { Flow, Party } from "../../environment";
import type { Labels } from "../labels";
import { hash } from "../names";

/** Where the API server is: it has no pods that a policy could select. */
export interface ClusterAddresses {
  /**
   * Networks of the API servers as pods reach them and as admission calls come from there, such as `192.0.2.1/32`. After the
   * translation of the Service address, since that is where policies act (kubernetes/kubernetes#45855).
   */
  readonly apiServers: readonly string[];
}

type Peer =
  | { readonly ipBlock: { readonly cidr: string } }
  | {
      readonly namespaceSelector: { readonly matchLabels: Labels };
      readonly podSelector: { readonly matchLabels: Labels };
    };

interface Rule {
  readonly ports: { readonly protocol: string; readonly port: number }[];
  readonly from?: Peer[];
  readonly to?: Peer[];
}

/** A NetworkPolicy without what the component adds. */
export interface Policy {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly podSelector: { readonly matchLabels?: Labels };
    readonly policyTypes: string[];
    readonly ingress?: Rule[];
    readonly egress?: Rule[];
  };
}

type Workload = Extract<Party, { kind: "workload" }>;
type Direction = "ingress" | "egress";

/**
 * The policies that allow these flows and nothing else: in each namespace one that denies, and for each workload one for what it
 * opens and one for what reaches it. Why each flow is there stands in an annotation.
 */
export function policiesOf(flows: readonly Flow[], namespaces: readonly string[], cluster: ClusterAddresses): Policy[] {
  const workloads = new Map<string, { workload: Workload; egress: Flow[]; ingress: Flow[] }>();
  const add = (party: Party, direction: Direction, flow: Flow) => {
    if (party.kind !== "workload") return;
    const key = `${party.namespace}/${party.workload}`;
    const entry = workloads.get(key) ?? { workload: party, egress: [], ingress: [] };
    entry[direction].push(flow);
    workloads.set(key, entry);
  };
  for (const flow of flows) {
    add(flow.from, "egress", flow);
    add(flow.to, "ingress", flow);
  }
  const sorted = [...workloads].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return [
    ...[...namespaces].sort().map(denyAll),
    ...sorted.flatMap(({ workload, ingress, egress }) => [
      ...(ingress.length > 0 ? [allow(workload, "ingress", ingress, cluster)] : []),
      ...(egress.length > 0 ? [allow(workload, "egress", egress, cluster)] : []),
    ]),
  ];
}

function denyAll(namespace: string): Policy {
  return {
    metadata: { name: "deny-all", namespace },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  };
}

function allow(workload: Workload, direction: Direction, flows: readonly Flow[], cluster: ClusterAddresses): Policy {
  const other = direction === "ingress" ? "from" : "to";
  const rules = flows.map((flow) => ({
    [other]: peersOf(flow[other], cluster),
    ports: flow.protocols.map((protocol) => ({ protocol, port: flow.port })),
  }));
  const why = flows.map((flow) => `${other} ${nameOf(flow[other])}:${flow.port}: ${flow.why.join("; ")}`).join("\n");
  const full = `${workload.workload}-${direction}`;
  return {
    metadata: {
      name: full.length <= 63 ? full : `${full.slice(0, 56)}-${hash(full, 6)}`,
      namespace: workload.namespace,
      annotations: { "platform.data/why": why },
    },
    spec: {
      podSelector: { matchLabels: workload.labels },
      policyTypes: [direction === "ingress" ? "Ingress" : "Egress"],
      [direction]: rules,
    },
  };
}

function nameOf(party: Party): string {
  return party.kind === "workload" ? party.workload : party.kind;
}

function peersOf(party: Party, cluster: ClusterAddresses): Peer[] {
  switch (party.kind) {
    case "workload":
      return [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": party.namespace } },
          podSelector: { matchLabels: party.labels },
        },
      ];
    case "dns":
      return [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
          // The label of every distribution's cluster DNS: https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/
          podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        },
      ];
    case "kubernetes-api":
      return cluster.apiServers.map((cidr) => ({ ipBlock: { cidr } }));
    case "outside":
      return [{ ipBlock: { cidr: "0.0.0.0/0" } }];
    default:
      return party satisfies never;
  }
}
