/** A pod, as policies select it. */
export interface Peer {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One connection that was seen; an end is an address where no pod had it. */
export interface Connection {
  readonly from: Peer | { readonly address: string };
  readonly to: Peer | { readonly address: string };
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

type Selector = { readonly matchLabels?: Readonly<Record<string, string>> };

interface PolicyPeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string };
}

interface Rule {
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly { readonly port?: number | string; readonly protocol?: string }[];
}

export interface NetworkPolicy {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

/**
 * Whether the policies of a cluster let a connection through: for each pod at its ends that any policy selects, one of those must
 * allow it (https://kubernetes.io/docs/concepts/services-networking/network-policies/). Namespaces are known by
 * `kubernetes.io/metadata.name`; selectors with expressions and named ports are not used by our policies and refused here. What the
 * node itself sends is let through, as every implementation does for its probes.
 */
export function allowed(policies: readonly NetworkPolicy[], connection: Connection): boolean {
  const { from, to } = connection;
  if ("address" in from) return true;
  const out = judge(
    policies,
    from,
    "Egress",
    (rule) => matches(rule.to, to, from.namespace) && covers(rule, connection),
  );
  if ("address" in to) return out;
  return (
    out && judge(policies, to, "Ingress", (rule) => matches(rule.from, from, to.namespace) && covers(rule, connection))
  );
}

function judge(
  policies: readonly NetworkPolicy[],
  pod: Peer,
  direction: "Ingress" | "Egress",
  permits: (rule: Rule) => boolean,
) {
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      (spec.policyTypes ?? ["Ingress"]).includes(direction) &&
      selects(spec.podSelector, pod.labels),
  );
  if (selecting.length === 0) return true;
  return selecting.some(({ spec }) => ((direction === "Ingress" ? spec.ingress : spec.egress) ?? []).some(permits));
}

function matches(peers: readonly PolicyPeer[] | undefined, end: Connection["to"], namespace: string): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock !== undefined) return "address" in end && inBlock(ipBlock.cidr, end.address);
    if ("address" in end) return false;
    const inNamespace =
      namespaceSelector === undefined
        ? end.namespace === namespace
        : selects(namespaceSelector, { "kubernetes.io/metadata.name": end.namespace });
    return inNamespace && (podSelector === undefined || selects(podSelector, end.labels));
  });
}

function covers({ ports }: Rule, { port, protocol }: Connection): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((allowedPort) => {
    if (typeof allowedPort.port === "string") throw new Error(`a policy names the port "${allowedPort.port}"`);
    return (allowedPort.protocol ?? "TCP").toLowerCase() === protocol && (allowedPort.port ?? port) === port;
  });
}

function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  if ("matchExpressions" in selector) throw new Error("a policy selects by expressions");
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

function inBlock(cidr: string, address: string): boolean {
  const [network = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numeric(network) / size) === Math.floor(numeric(address) / size);
}

function numeric(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
