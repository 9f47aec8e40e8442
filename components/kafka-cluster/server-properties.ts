/** Where a node listens. Clients log in with SCRAM or tokens; controllers, brokers and the set-up Job with certificates. */
export const PORTS = { clients: 9093, controllers: 9094, brokers: 9095 } as const;

/** Where the files of a node are mounted. */
export const FILES = {
  config: "/etc/kafka-config",
  tls: "/etc/kafka-tls",
  data: "/var/lib/kafka",
  /** The realm's public keys; a broker reads the file again when it has changed. */
  tokenKeys: "/run/kafka-keys/keys.json",
} as const;

/** How brokers know a token that is meant for them. */
export interface TokenRules {
  /** Who signs tokens: their `iss`. */
  readonly issuer: string;
  /** Whom tokens must be meant for: their `aud`. */
  readonly audience: string;
}

/**
 * The claim that says who a token's bearer is. Keycloak writes it for service accounts alone, so that a person's token is refused
 * (client scope `service_account`: https://www.keycloak.org/docs/26.7/server_admin/#_service_accounts).
 */
export const PRINCIPAL_CLAIM = "client_id";
/** Longest that a connection may live on one token, in milliseconds; the token's own end comes first where that is sooner. */
export const REAUTHENTICATION = 5 * 60_000;
const OAUTH = "org.apache.kafka.common.security.oauthbearer";
export const OAUTH_MODULE = `${OAUTH}.OAuthBearerLoginModule required`;
export const SCRAM_MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
/** Ways to log in on the clients' listener, where tokens are taken. */
export const BOTH_MECHANISMS = "SCRAM-SHA-512,OAUTHBEARER";

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
  /** @default tokens are not taken */
  readonly tokens?: TokenRules;
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

    "sasl.enabled.mechanisms": spec.tokens === undefined ? "SCRAM-SHA-512" : BOTH_MECHANISMS,
    ...prefixed("listener.name.clients.", loginSettings(spec.tokens)),

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

/** What each way to log in on the clients' listener needs, without the listener's prefix. */
function loginSettings(tokens: TokenRules | undefined): Record<string, string | number> {
  const scram = { "scram-sha-512.sasl.jaas.config": SCRAM_MODULE };
  if (tokens === undefined) return scram;
  const oauth = {
    "sasl.jaas.config": `${OAUTH_MODULE};`,
    "sasl.server.callback.handler.class": `${OAUTH}.OAuthBearerValidatorCallbackHandler`,
    // A broker that is given an address fetches the keys before it listens, and does not start where nobody answers.
    "sasl.oauthbearer.jwks.endpoint.url": `file://${FILES.tokenKeys}`,
    "sasl.oauthbearer.expected.issuer": tokens.issuer,
    "sasl.oauthbearer.expected.audience": tokens.audience,
    "sasl.oauthbearer.sub.claim.name": PRINCIPAL_CLAIM,
    // Rights are Kafka's own, so no scope is looked at; but an empty one, as Keycloak's service accounts have it, would be refused.
    "sasl.oauthbearer.scope.claim.name": PRINCIPAL_CLAIM,
    "connections.max.reauth.ms": REAUTHENTICATION,
  };
  return { ...scram, ...prefixed("oauthbearer.", oauth) };
}

function prefixed<T>(prefix: string, settings: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${prefix}${key}`, value]));
}
