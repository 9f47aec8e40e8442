/** Where a node listens. Clients log in with SCRAM; controllers, brokers and the set-up Job with certificates. */
export const PORTS = { clients: 9093, controllers: 9094, brokers: 9095 } as const;

/** Where the files of a node are mounted. */
export const FILES = {
  config: "/etc/kafka-config",
  tls: "/etc/kafka-tls",
  data: "/var/lib/kafka",
} as const;

/** Common names in the certificates of those who may do everything. */
export const SUPER_USERS = { broker: "kafka-broker", admin: "kafka-admin" } as const;

/** The sizes that hold for a whole cluster. */
export interface ClusterSizes {
  /** Copies of each partition of a topic that does not say otherwise. */
  readonly replicationFactor: number;
  /** Copies that must have a message before it counts as written. */
  readonly minInsyncReplicas: number;
}

export interface NodeSpec extends ClusterSizes {
  /** 0 for the first. */
  readonly id: number;
  /** Host names of all nodes, the first first. */
  readonly hosts: readonly string[];
}

/**
 * Settings that both engines give a broker: no topic comes into being by a typing error, and Kafka's own topics are as safe as
 * the others. https://kafka.apache.org/documentation/#brokerconfigs
 */
export function commonSettings({
  replicationFactor,
  minInsyncReplicas,
}: ClusterSizes): Record<string, string | number | boolean> {
  return {
    "auto.create.topics.enable": false,
    "default.replication.factor": replicationFactor,
    "min.insync.replicas": minInsyncReplicas,
    "offsets.topic.replication.factor": replicationFactor,
    "transaction.state.log.replication.factor": replicationFactor,
    "transaction.state.log.min.isr": minInsyncReplicas,
    "share.coordinator.state.topic.replication.factor": replicationFactor,
    "share.coordinator.state.topic.min.isr": minInsyncReplicas,
  };
}

/** `server.properties` of one node that is broker and controller. Holds no secret. */
export function serverProperties(spec: NodeSpec): string {
  const host = spec.hosts[spec.id];
  if (host === undefined) throw new RangeError(`node ${spec.id} has no host among ${spec.hosts.length}`);
  const settings = {
    "process.roles": "broker,controller",
    "node.id": spec.id,
    "controller.quorum.voters": spec.hosts.map((voter, id) => `${id}@${voter}:${PORTS.controllers}`).join(","),
    "log.dirs": `${FILES.data}/data`,

    listeners: `CLIENTS://:${PORTS.clients},CONTROLLERS://:${PORTS.controllers},BROKERS://:${PORTS.brokers}`,
    "advertised.listeners": `CLIENTS://${host}:${PORTS.clients},BROKERS://${host}:${PORTS.brokers}`,
    "listener.security.protocol.map": "CLIENTS:SASL_SSL,CONTROLLERS:SSL,BROKERS:SSL",
    "controller.listener.names": "CONTROLLERS",
    "inter.broker.listener.name": "BROKERS",

    "ssl.enabled.protocols": "TLSv1.3",
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": `${FILES.tls}/keystore.pem`,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": `${FILES.tls}/ca.crt`,
    "listener.name.controllers.ssl.client.auth": "required",
    "listener.name.brokers.ssl.client.auth": "required",

    "sasl.enabled.mechanisms": "SCRAM-SHA-512",
    "listener.name.clients.scram-sha-512.sasl.jaas.config":
      "org.apache.kafka.common.security.scram.ScramLoginModule required;",

    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": false,
    // A SCRAM user's name has no "=": none can be taken for one of these.
    "super.users": Object.values(SUPER_USERS)
      .map((name) => `User:CN=${name}`)
      .join(";"),

    ...commonSettings(spec),
  };
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join("\n")}\n`;
}
