import type { Unchecked } from "./environment";
import { KAFKA_CLIENT, KUBERNETES_CLIENT } from "./known-clients";
import { own } from "./plain";
import type { PathSegment } from "./problem";

type Path = readonly PathSegment[];

/** Who connects to whom, by names; unlike a flow it may be between things that are not there. */
export interface Connection {
  /** Workload that opens it. */
  readonly from: string;
  /** Workload that listens. */
  readonly to: string;
  /** Name of the port there. */
  readonly port: string;
  /** What for. */
  readonly why: string;
  /** Where the definition names either end and the port; undefined where it is no choice of the definition. */
  readonly at: { readonly from?: Path; readonly to?: Path; readonly port?: Path };
  /** Whoever opens it does without where the other end is switched off. @default false */
  readonly optional?: true;
}

/** Those that the definition declares. */
function declared({ flows }: Unchecked): Connection[] {
  return (flows ?? []).flatMap((flow, index) => {
    if (flow?.from === undefined || flow.to === undefined || flow.port === undefined) return [];
    const at = { from: ["flows", index, "from"], to: ["flows", index, "to"], port: ["flows", index, "port"] };
    return [{ from: flow.from, to: flow.to, port: flow.port, why: flow.why ?? "", at }];
  });
}

/** Workloads that write backups of databases and read them back. */
export const BACKUP_WORKLOADS = { writer: "postgres-backup", reader: "postgres-restore" } as const;

/** Workload that lets readers into databases. */
export const ACCESS_WORKLOAD = "postgres-access";

/** Those that follow from a list of workloads that use something. */
function usersOf(
  users: readonly (string | undefined)[] | undefined,
  at: Path,
  target: Pick<Connection, "to" | "port" | "why">,
): Connection[] {
  return (users ?? []).flatMap((from, index) =>
    from === undefined ? [] : [{ from, ...target, at: { from: [...at, index] } }],
  );
}

function toPostgres({ postgres }: Unchecked): Connection[] {
  return Object.entries(postgres?.databases ?? {}).flatMap(([name, database]) => {
    const at = ["postgres", "databases", name];
    const target = { to: "postgres", port: "postgres", why: `uses database ${name}` };
    return [
      ...usersOf(database?.applications, [...at, "applications"], target),
      ...Object.entries(database?.readers ?? {}).flatMap(([role, reader]) =>
        usersOf(reader?.applications, [...at, "readers", role, "applications"], target),
      ),
      ...(Object.values(database?.readers ?? {}).some((reader) => reader?.reads !== undefined)
        ? [{ from: ACCESS_WORKLOAD, ...target, why: `lets readers into database ${name}`, at: {} }]
        : []),
    ];
  });
}

function toMongodb({ mongodb }: Unchecked): Connection[] {
  return Object.entries(mongodb?.databases ?? {}).flatMap(([name, database]) =>
    usersOf(database?.applications, ["mongodb", "databases", name, "applications"], {
      to: "mongodb",
      port: "mongodb",
      why: `uses document database ${name}`,
    }),
  );
}

function toValkey({ valkey }: Unchecked): Connection[] {
  return usersOf(valkey?.applications, ["valkey", "applications"], {
    to: "valkey",
    port: "valkey",
    why: "uses the broker of Celery",
  });
}

function toKafka({ kafka }: Unchecked): Connection[] {
  return Object.entries(kafka?.users ?? {}).flatMap(([name, user]) => {
    if (user?.application === undefined) return [];
    const why = [
      ...(user.produce ?? []).map((topic) => `writes topic ${topic}`),
      ...(user.consume ?? []).map((topic) => `reads topic ${topic}`),
    ].join(", ");
    return [
      {
        from: user.application,
        to: "kafka",
        port: "clients",
        why,
        at: { from: ["kafka", "users", name, "application"] },
      },
    ];
  });
}

function toObjectStore({ objectStore, backups }: Unchecked): Connection[] {
  return Object.entries(objectStore?.buckets ?? {}).flatMap(([name, bucket]) => {
    if (name === backups?.bucket && backups.enabled === false) return [];
    return Object.entries(bucket?.applications ?? {}).map(([from, access]) => ({
      from,
      to: "object-store",
      port: "s3",
      why: `${access === "write" ? "writes" : "reads"} bucket ${name}`,
      at: { from: ["objectStore", "buckets", name, "applications", from] },
    }));
  });
}

function toBackedUp({ backups }: Unchecked): Connection[] {
  if (backups?.enabled !== true) return [];
  const to = { to: "postgres", port: "postgres", at: {} };
  return [
    { from: BACKUP_WORKLOADS.writer, ...to, why: "dumps every database" },
    { from: BACKUP_WORKLOADS.reader, ...to, why: "restores databases" },
  ];
}

function toKeycloak({ realm }: Unchecked): Connection[] {
  const target = { to: "keycloak", port: "https" };
  const logins = Object.entries(realm?.clients ?? {}).flatMap(([name, client]) =>
    usersOf(client?.applications, ["realm", "clients", name, "applications"], {
      ...target,
      why: `logs in by client ${name}`,
    }),
  );
  const why = "fetches the keys that tokens are verified by";
  const verifiers = [
    { from: "kafka", client: KAFKA_CLIENT },
    { from: "kubernetes-api", client: KUBERNETES_CLIENT },
  ].filter(({ client }) => own(realm?.clients, client) !== undefined);
  return [...logins, ...verifiers.map(({ from }): Connection => ({ from, ...target, why, at: {}, optional: true }))];
}

function fromGateway({ hosts }: Unchecked): Connection[] {
  return Object.entries(hosts ?? {}).flatMap(([name, host]) => {
    if (host?.workload === undefined || host.port === undefined) return [];
    const at = { to: ["hosts", name, "workload"], port: ["hosts", name, "port"] };
    return [{ from: "gateway", to: host.workload, port: host.port, why: `host ${name}`, at }];
  });
}

function fromOutside({ doors }: Unchecked): Connection[] {
  return Object.entries(doors ?? {}).flatMap(([name, door]) => {
    if (door?.workload === undefined || door.port === undefined) return [];
    const at = { to: ["doors", name, "workload"], port: ["doors", name, "port"] };
    return [{ from: "outside", to: door.workload, port: door.port, why: `door ${name}`, at }];
  });
}

/** Servers of one kind talk to each other, where there are several. */
function amongServers({ postgres, kafka, valkey, mongodb, keycloak }: Unchecked): Connection[] {
  const among = (workload: string, servers: number, ports: readonly string[]): Connection[] =>
    servers < 2
      ? []
      : ports.map((port) => ({ from: workload, to: workload, port, why: `${workload} replicates`, at: {} }));
  // Strimzi makes the policies between its own brokers itself.
  const kafkaServers = kafka?.engine === "statefulset" ? (kafka.brokers ?? 0) : 0;
  return [
    ...among("postgres", postgres?.instances ?? 0, ["postgres", "status"]),
    ...among("kafka", kafkaServers, ["controllers", "brokers"]),
    ...among("valkey", valkey?.replicas ?? 0, ["valkey"]),
    ...among("mongodb", mongodb?.members ?? 0, ["mongodb"]),
    ...among("keycloak", keycloak?.replicas ?? 0, ["cluster", "failures"]),
  ];
}

/** Every kind of connection. */
const KINDS = [
  declared,
  toPostgres,
  toKafka,
  toValkey,
  toObjectStore,
  toMongodb,
  toBackedUp,
  toKeycloak,
  fromGateway,
  fromOutside,
  amongServers,
] as const;

/**
 * All connections: those declared, and those that follow from databases, Kafka users, buckets, backups, clients of the realm, host
 * names and replicas.
 */
export function connectionsOf(environment: Unchecked): readonly Connection[] {
  return KINDS.flatMap((kind) => kind(environment));
}
