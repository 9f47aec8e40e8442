import type * as pulumi from "@pulumi/pulumi";
import { bytes } from "../../environment/quantities";
import type { Labels } from "../labels";
import { hash } from "../names";
import type { Storage } from "../storage";
import { type Resources, resourceRequirements } from "../workload";
import { type Access, aclsOf, principalOf } from "./access";
import {
  BOTH_MECHANISMS,
  type ClusterSizes,
  commonSettings,
  OAUTH_MODULE,
  PORTS,
  PRINCIPAL_CLAIM,
  REAUTHENTICATION,
  SCRAM_MODULE,
  type TokenRules,
} from "./server-properties";
import { type Topic, topicSettings } from "./topics";

/** The one version that is served since 1.0.0: https://github.com/strimzi/strimzi-kafka-operator/blob/1.2.0/CHANGELOG.md */
const API = "kafka.strimzi.io/v1";
const READY = { "pulumi.com/waitFor": "condition=Ready" };

interface Place {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Labels;
}

export interface StrimziKafkaSpec extends Place, ClusterSizes {
  /** Version of Kafka. */
  readonly version: string;
  /** Secret with the brokers' `tls.crt` and `tls.key` for the clients' listener. */
  readonly listenerSecret: pulumi.Input<string>;
  /** From `strimziTokenLogin`. @default tokens are not taken */
  readonly tokenLogin?: pulumi.Input<string>;
}

/** Where brokers have the authority that the keys' address is trusted by; the operator allows such mounts below /mnt alone. */
const ISSUER_FOLDER = "/mnt/token-issuer";

/**
 * How a broker verifies tokens, for `strimziKafka`. Strimzi's images bring a handler that, unlike Kafka's own, lets a broker start
 * while the issuer does not answer (`oauth.fail.fast`), so that none needs a container beside it:
 * https://github.com/strimzi/strimzi-kafka-oauth/blob/0.18.0/README.md#configuring-the-kafka-broker
 */
export function strimziTokenLogin({ issuer, audience }: TokenRules, jwksUri: string): string {
  const options = {
    unsecuredLoginStringClaim_sub: "unused", // the module asks for it where nobody logs in by it
    "oauth.valid.issuer.uri": issuer,
    "oauth.jwks.endpoint.uri": jwksUri,
    "oauth.username.claim": PRINCIPAL_CLAIM,
    "oauth.check.audience": "true",
    "oauth.client.id": audience,
    "oauth.fail.fast": "false",
    "oauth.ssl.truststore.location": `${ISSUER_FOLDER}/ca.crt`,
    "oauth.ssl.truststore.type": "PEM",
  };
  const words = Object.entries(options).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${OAUTH_MODULE} ${words.join(" ")};`;
}

/** Passwords, and tokens where they are taken, on one listener. */
function authentication(tokenLogin: pulumi.Input<string> | undefined) {
  if (tokenLogin === undefined) return { type: "scram-sha-512" };
  return {
    type: "custom",
    sasl: true,
    listenerConfig: {
      "sasl.enabled.mechanisms": BOTH_MECHANISMS,
      "scram-sha-512.sasl.jaas.config": SCRAM_MODULE,
      "oauthbearer.sasl.jaas.config": tokenLogin,
      "oauthbearer.sasl.server.callback.handler.class":
        "io.strimzi.kafka.oauth.server.JaasServerOauthValidatorCallbackHandler",
      "oauthbearer.connections.max.reauth.ms": REAUTHENTICATION,
    },
  };
}

/** `Kafka`: the cluster without its nodes, which are in pools. */
export function strimziKafka(name: string, spec: StrimziKafkaSpec) {
  const [major, minor] = spec.version.split(".");
  return {
    apiVersion: API,
    kind: "Kafka",
    metadata: { name, namespace: spec.namespace, labels: spec.labels, annotations: READY },
    spec: {
      kafka: {
        version: spec.version,
        metadataVersion: `${major}.${minor}-IV0`,
        listeners: [
          {
            name: "clients",
            port: PORTS.clients,
            type: "internal",
            tls: true,
            authentication: authentication(spec.tokenLogin),
            configuration: {
              brokerCertChainAndKey: { secretName: spec.listenerSecret, certificate: "tls.crt", key: "tls.key" },
            },
          },
        ],
        authorization: { type: "simple" },
        config: commonSettings(spec),
      },
      entityOperator: { topicOperator: {}, userOperator: {} },
    },
  };
}

export interface PoolsSpec extends Place {
  readonly brokers: number;
  /** 0: every broker is a controller too. */
  readonly controllers: number;
  readonly storage: Storage;
  readonly resources: Resources;
  /** Keep the volumes when the pool is deleted. */
  readonly keepVolumes: boolean;
  /** ConfigMap with the `ca.crt` that the keys' address is trusted by. @default tokens are not taken */
  readonly issuerCa?: pulumi.Input<string>;
}

/** A controller holds metadata alone: https://strimzi.io/docs/operators/1.2.0/deploying#config-node-pools-str */
const CONTROLLER = { storage: "10Gi", resources: { cpu: "250m", memory: "1Gi" } };

/** `KafkaNodePool`s: brokers, and controllers where they are apart. Spread over nodes; the operator adds its own labels. */
export function strimziNodePools(name: string, spec: PoolsSpec) {
  const apart = spec.controllers > 0;
  const brokers = nodePool(name, "brokers", {
    ...spec,
    roles: apart ? ["broker"] : ["controller", "broker"],
    replicas: spec.brokers,
  });
  if (!apart) return [brokers];
  const controllers = nodePool(name, "controllers", {
    ...spec,
    roles: ["controller"],
    replicas: spec.controllers,
    resources: CONTROLLER.resources,
    storage: { ...spec.storage, size: CONTROLLER.storage },
  });
  return [controllers, brokers];
}

function nodePool(
  name: string,
  pool: string,
  spec: PoolsSpec & { readonly roles: string[]; readonly replicas: number },
) {
  const heap = `${Math.floor(bytes(spec.resources.memory) / 2 / 2 ** 20)}m`;
  return {
    apiVersion: API,
    kind: "KafkaNodePool",
    metadata: {
      name: `${name}-${pool}`,
      namespace: spec.namespace,
      labels: { ...spec.labels, "strimzi.io/cluster": name },
    },
    spec: {
      replicas: spec.replicas,
      roles: spec.roles,
      storage: {
        type: "jbod",
        volumes: [
          {
            id: 0,
            type: "persistent-claim",
            size: spec.storage.size,
            ...(spec.storage.storageClass === undefined ? {} : { class: spec.storage.storageClass }),
            kraftMetadata: "shared",
            deleteClaim: !spec.keepVolumes,
          },
        ],
      },
      resources: resourceRequirements(spec.resources),
      jvmOptions: { "-Xms": heap, "-Xmx": heap },
      template: {
        pod: {
          metadata: { labels: spec.labels },
          ...(spec.issuerCa === undefined
            ? {}
            : { volumes: [{ name: "token-issuer", configMap: { name: spec.issuerCa } }] }),
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: { "strimzi.io/cluster": name, "strimzi.io/pool-name": `${name}-${pool}` } },
            },
          ],
        },
        ...(spec.issuerCa === undefined
          ? {}
          : { kafkaContainer: { volumeMounts: [{ name: "token-issuer", mountPath: ISSUER_FOLDER }] } }),
      },
    },
  };
}

/** `KafkaTopic`. Taken away, the topic goes too: that is what the operator does. */
export function strimziTopic(cluster: string, topicName: string, topic: Topic, spec: Place & ClusterSizes) {
  return {
    apiVersion: API,
    kind: "KafkaTopic",
    metadata: {
      name: objectName(topicName),
      namespace: spec.namespace,
      labels: { ...spec.labels, "strimzi.io/cluster": cluster },
      annotations: READY,
    },
    spec: {
      topicName,
      partitions: topic.partitions,
      replicas: topic.replicationFactor ?? spec.replicationFactor,
      config: topicSettings(topic),
    },
  };
}

/** A topic's name where Kubernetes allows it, else one made of it that no other topic gets. */
function objectName(topic: string): string {
  const plain = topic.toLowerCase().replace(/[^a-z0-9.-]/g, "-");
  return plain === topic ? topic : `${plain}-${hash(topic, 6)}`;
}

/** `KafkaUser` with rights and, unless it logs in by tokens, a password from a Secret. */
export function strimziUser(
  cluster: string,
  user: string,
  access: Access,
  spec: Place & { readonly passwordSecret: pulumi.Input<string> },
) {
  return {
    apiVersion: API,
    kind: "KafkaUser",
    metadata: {
      name: principalOf(user, access),
      namespace: spec.namespace,
      labels: { ...spec.labels, "strimzi.io/cluster": cluster },
      annotations: READY,
    },
    spec: {
      ...(access.client === undefined
        ? {
            authentication: {
              type: "scram-sha-512",
              password: { valueFrom: { secretKeyRef: { name: spec.passwordSecret, key: user } } },
            },
          }
        : {}),
      authorization: {
        type: "simple",
        acls: aclsOf(access).map(({ resource, name, pattern, operations }) => ({
          resource: { type: resource, name, patternType: pattern === "prefixed" ? "prefix" : "literal" },
          operations: [...operations],
        })),
      },
    },
  };
}
