import { type Connection, connectionsOf } from "./connections";
import type { Environment } from "./environment";
import { own } from "./plain";
import { CLUSTER_PARTIES } from "./schema/workloads";

/** One end of a flow. `labels` select its pods in `namespace`; the other parties are no pods of the platform. */
export type Party =
  | {
      readonly kind: "workload";
      readonly workload: string;
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
    }
  | { readonly kind: "kubernetes-api" }
  | { readonly kind: "dns" }
  | { readonly kind: "outside" };

/** A connection that is allowed; every other is not. */
export interface Flow {
  readonly from: Party;
  readonly to: Party;
  readonly port: number;
  readonly protocols: readonly ("TCP" | "UDP")[];
  /** All its reasons, in words. */
  readonly why: readonly string[];
}

/** A party with its ports by name, if it is there and switched on. */
function find(
  environment: Environment,
  name: string,
): { party: Party; ports: Readonly<Record<string, number>>; udp: readonly string[] } | undefined {
  if (name === "kubernetes-api" || name === "dns" || name === "outside")
    return { party: { kind: name }, ports: CLUSTER_PARTIES[name], udp: [] };
  const workload = own(environment.workloads, name);
  if (workload === undefined || !environment.services[workload.service]) return undefined;
  const labels = workload.labels ?? { "app.kubernetes.io/name": name };
  return {
    party: { kind: "workload", workload: name, namespace: workload.namespace, labels },
    ports: workload.ports,
    udp: workload.udp,
  };
}

/** Whoever connects to pods looks their name up first; the API server's address is in every pod's variables. */
function lookups(connections: readonly Connection[]): Connection[] {
  const isPod = (name: string) => !Object.hasOwn(CLUSTER_PARTIES, name);
  const searching = connections.filter(({ from, to }) => isPod(from) && isPod(to)).map(({ from }) => from);
  return [...new Set(searching)].map((from) => ({ from, to: "dns", port: "dns", why: "finds names", at: {} }));
}

/**
 * The flows of everything that is switched on, each once with all its reasons: those declared, those that follow from databases,
 * Kafka users, buckets, Valkey, clients of the realm and host names, those between servers of one kind, and cluster DNS for whoever connects to pods.
 */
export function flowsOf(environment: Environment): readonly Flow[] {
  const flows = new Map<string, Flow>();
  const connections = connectionsOf(environment);
  for (const { from, to, port, why } of [...connections, ...lookups(connections)]) {
    const [source, sink] = [find(environment, from), find(environment, to)];
    const number = sink === undefined ? undefined : own(sink.ports, port);
    if (source === undefined || sink === undefined || number === undefined) continue;
    const key = `${from} ${to} ${number}`;
    const reasons = [...(flows.get(key)?.why ?? []), why];
    const only = sink.udp.includes(port) ? "UDP" : "TCP";
    const protocols: Flow["protocols"] = to === "dns" ? ["UDP", "TCP"] : [only];
    flows.set(key, { from: source.party, to: sink.party, port: number, protocols, why: reasons });
  }
  return [...flows.values()];
}
