import type { Environment, Unchecked } from "./environment";
import type { PathSegment } from "./problem";
import { CLUSTER_PARTIES } from "./schema/workloads";

/** One end of a flow. `labels` select its pods in `namespace`; the API server and cluster DNS have neither. */
export type Party =
  | {
      readonly kind: "workload";
      readonly workload: string;
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
    }
  | { readonly kind: "kubernetes-api" }
  | { readonly kind: "dns" };

/** A connection that is allowed. */
export interface Flow {
  readonly from: Party;
  readonly to: Party;
  readonly port: number;
  /** Transport protocols of the port. */
  readonly protocols: readonly ("TCP" | "UDP")[];
  /** Every reason for it, in words. */
  readonly why: readonly string[];
}

/** A connection by names, as the definition implies it; unlike a flow it may be between things that are not there. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly port: string;
  readonly why: string;
  /** What implies it. */
  readonly path: readonly PathSegment[];
}

/** The connections that the definition implies beside its declared flows: who uses which database, topic, bucket, host. */
function impliedConnections(environment: Unchecked): Connection[] {
  const { postgres, kafka, valkey, objectStore, mongodb, hosts } = environment;
  const found: Connection[] = [];
  const add = (from: string | undefined, to: string, port: string, why: string, path: readonly PathSegment[]) => {
    if (from !== undefined && from !== to) found.push({ from, to, port, why, path });
  };
  for (const [name, database] of Object.entries(postgres?.databases ?? {})) {
    const path = ["postgres", "databases", name, "applications"];
    database?.applications?.forEach((application, index) => {
      add(application, "postgres", "postgres", `database ${name}`, [...path, index]);
    });
  }
  for (const [name, user] of Object.entries(kafka?.users ?? {})) {
    const why = [
      ...(user?.produce ?? []).map((topic) => `writes topic ${topic}`),
      ...(user?.consume ?? []).map((topic) => `reads topic ${topic}`),
    ].join(", ");
    add(user?.application, "kafka", "clients", why, ["kafka", "users", name, "application"]);
  }
  valkey?.applications?.forEach((application, index) => {
    add(application, "valkey", "valkey", "broker of Celery", ["valkey", "applications", index]);
  });
  for (const [name, bucket] of Object.entries(objectStore?.buckets ?? {})) {
    for (const [application, access] of Object.entries(bucket?.applications ?? {})) {
      const path = ["objectStore", "buckets", name, "applications", application];
      add(application, "object-store", "s3", `${access}s bucket ${name}`, path);
    }
  }
  for (const [name, database] of Object.entries(mongodb?.databases ?? {})) {
    const path = ["mongodb", "databases", name, "applications"];
    database?.applications?.forEach((application, index) => {
      add(application, "mongodb", "mongodb", `document database ${name}`, [...path, index]);
    });
  }
  for (const [name, host] of Object.entries(hosts ?? {})) {
    if (host?.workload === undefined || host.port === undefined) continue;
    add("gateway", host.workload, host.port, `host ${name}`, ["hosts", name, "workload"]);
  }
  return found;
}

/** Servers of one kind that talk to each other, where there are several. */
function clusterConnections({ postgres, kafka, valkey, mongodb }: Unchecked): Connection[] {
  const found: Connection[] = [];
  const among = (workload: string, servers: number, ports: readonly string[], path: readonly PathSegment[]) => {
    if (servers < 2) return;
    for (const port of ports) found.push({ from: workload, to: workload, port, why: `${workload} replicates`, path });
  };
  const kafkaServers = (kafka?.brokers ?? 0) + (kafka?.controllers ?? 0);
  among("postgres", postgres?.instances ?? 0, ["postgres", "status"], ["postgres", "instances"]);
  // Strimzi makes the policies between its own brokers itself.
  if (kafka?.engine === "statefulset") among("kafka", kafkaServers, ["controllers", "brokers"], ["kafka", "brokers"]);
  among("valkey", valkey?.replicas ?? 0, ["valkey"], ["valkey", "replicas"]);
  among("mongodb", mongodb?.members ?? 0, ["mongodb"], ["mongodb", "members"]);
  return found;
}

/** All connections by names, declared and implied. */
export function connectionsOf(environment: Unchecked): readonly Connection[] {
  const declared = (environment.flows ?? []).flatMap((flow, index) => {
    const { from, to, port, why } = flow;
    if (from === undefined || to === undefined || port === undefined) return [];
    return [{ from, to, port, why: why ?? "", path: ["flows", index] }];
  });
  return [...declared, ...impliedConnections(environment), ...clusterConnections(environment)];
}

/**
 * The flows of everything that is switched on, each once: those declared, those that follow from databases, Kafka users,
 * buckets, Valkey and host names, those between servers of one kind, and cluster DNS for whoever opens a connection.
 */
export function flowsOf(environment: Environment): readonly Flow[] {
  const party = (name: string): Party | undefined => {
    if (name in CLUSTER_PARTIES) return { kind: name as keyof typeof CLUSTER_PARTIES };
    const workload = environment.workloads[name];
    if (workload === undefined || !environment.services[workload.service]) return undefined;
    const labels = workload.labels ?? { "app.kubernetes.io/name": name };
    return { kind: "workload", workload: name, namespace: workload.namespace, labels };
  };
  const portOf = (name: string, port: string): number | undefined =>
    name in CLUSTER_PARTIES
      ? (CLUSTER_PARTIES as Record<string, Record<string, number>>)[name]?.[port]
      : environment.workloads[name]?.ports[port];

  const flows = new Map<string, Flow>();
  const resolvers = new Map<string, Flow>();
  for (const { from, to, port, why } of connectionsOf(environment)) {
    const [source, sink, number] = [party(from), party(to), portOf(to, port)];
    if (source === undefined || sink === undefined || number === undefined) continue;
    const key = `${from} ${to} ${number}`;
    const known = flows.get(key);
    flows.set(key, { from: source, to: sink, port: number, protocols: ["TCP"], why: [...(known?.why ?? []), why] });
    if (source.kind === "workload") {
      const [dns, dnsPort] = [{ kind: "dns" } as const, CLUSTER_PARTIES.dns.dns];
      resolvers.set(from, { from: source, to: dns, port: dnsPort, protocols: ["UDP", "TCP"], why: ["finds names"] });
    }
  }
  return [...flows.values(), ...resolvers.values()];
}
