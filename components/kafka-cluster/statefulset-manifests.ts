import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { bytes } from "../../environment/quantities";
import { hash } from "../names";
import { type SetupSpec, setupJob } from "../setup-job";
import { type StatefulSpec, secretVolume, statefulSet } from "../stateful-set";
import { resourceRequirements, restrictedContainer } from "../workload";
import { type Access, aclsOf, principalOf, withPassword } from "./access";
import { FILES, PORTS } from "./server-properties";
import { type Topic, topicSettings } from "./topics";

/** uid and gid of the image's user. */
const USER = 1000;
/** Seconds for a controlled shutdown: the leaders move to other brokers before the process ends. */
const SHUTDOWN_SECONDS = 120;
const PASSWORD_FILES = "/etc/kafka-users";
const WISH_FILES = "/etc/kafka-setup";
const ADMIN_FILES = "/etc/kafka-admin";

/** Host names of the nodes, the first first: those of a StatefulSet's pods behind its headless Service. */
export function nodeHosts(name: string, namespace: string, nodes: number): string[] {
  return Array.from({ length: nodes }, (_, id) => `${name}-${id}.${name}-nodes.${namespace}.svc`);
}

/**
 * The 22 characters that tell a cluster from others, always the same for a name and namespace, so that volumes which are still
 * there are taken up again. Begins with a letter: Kafka's tools take a leading "-" for an option.
 */
export function clusterId(name: string, namespace: string): string {
  const bits = Buffer.from(hash(`kafka ${namespace}/${name}`, 32), "hex");
  return `K${bits.toString("base64url").slice(1)}`;
}

/** What `kafka_apply.py` makes true (its form: images/kafka/kafka_plan.py). Users and rights that are not here are taken away. */
export function setupWish(
  topics: Readonly<Record<string, Topic>>,
  users: Readonly<Record<string, Access>>,
  replicationFactor: number,
) {
  return {
    topics: Object.fromEntries(
      Object.entries(topics).map(([name, topic]) => [
        name,
        {
          partitions: topic.partitions,
          replicationFactor: topic.replicationFactor ?? replicationFactor,
          configs: topicSettings(topic),
        },
      ]),
    ),
    users: Object.fromEntries(withPassword(users).map((name) => [name, { passwordFile: `${PASSWORD_FILES}/${name}` }])),
    acls: Object.entries(users).flatMap(([user, access]) =>
      aclsOf(access).map(({ resource, name, pattern, operations }) => ({
        principal: principalOf(user, access),
        resourceType: resource,
        name,
        patternType: pattern,
        operations: operations.map((operation) => operation.toUpperCase()),
      })),
    ),
    ownedPrincipals: ["*"],
  };
}

export interface BrokersSpec extends StatefulSpec {
  readonly nodes: number;
  readonly clusterId: pulumi.Input<string>;
  readonly configMap: pulumi.Input<string>;
  /** Where the keys are published that tokens are verified by. @default tokens are not taken */
  readonly jwksUri?: pulumi.Input<string>;
}

/** The file of the ConfigMap with the authority that the keys' address is trusted by. */
export const ISSUER_CA = "token-issuer-ca.crt";

/** The brokers. All start at once: no node becomes ready before a majority of them has met. */
export function statefulSetArgs(name: string, spec: BrokersSpec) {
  return statefulSet(spec, {
    identity: { name: "kafka", instance: name },
    serviceName: `${name}-nodes`,
    replicas: spec.nodes,
    podManagementPolicy: "Parallel",
    user: USER,
    pod: {
      terminationGracePeriodSeconds: SHUTDOWN_SECONDS,
      ...(spec.jwksUri === undefined ? {} : { initContainers: [keysContainer(spec, spec.jwksUri)] }),
      containers: [brokerContainer(spec)],
      volumes: [
        { name: "config", configMap: { name: spec.configMap } },
        secretVolume("tls", spec.tlsSecret),
        { name: "tmp", emptyDir: {} },
        ...(spec.jwksUri === undefined ? [] : [{ name: "token-keys", emptyDir: {} }]),
      ],
    },
  });
}

/** Folder that the broker and what fetches the keys for it share. */
const KEYS_FOLDER = FILES.tokenKeys.slice(0, FILES.tokenKeys.lastIndexOf("/"));
const KEYS_VARIABLE = { name: "KAFKA_TOKEN_KEYS", value: FILES.tokenKeys };

/**
 * Fetches the keys that tokens are verified by, as long as the pod lives: a container beside the broker that starts before it
 * (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/), and is ready with or without keys.
 */
function keysContainer(spec: BrokersSpec, jwksUri: pulumi.Input<string>): k8s.types.input.core.v1.Container {
  return {
    ...restrictedContainer(),
    name: "token-keys",
    image: spec.image,
    restartPolicy: "Always",
    command: ["kafka_keys.py"],
    env: [
      { name: "KAFKA_KEYS_URL", value: jwksUri },
      { name: "KAFKA_KEYS_CA", value: `${FILES.config}/${ISSUER_CA}` },
      KEYS_VARIABLE,
    ],
    startupProbe: { exec: { command: ["test", "-s", FILES.tokenKeys] }, periodSeconds: 1, failureThreshold: 60 },
    resources: resourceRequirements({ cpu: "5m", memory: "48Mi" }),
    volumeMounts: [
      { name: "config", mountPath: FILES.config, readOnly: true },
      { name: "token-keys", mountPath: KEYS_FOLDER },
    ],
  };
}

function brokerContainer(spec: BrokersSpec): k8s.types.input.core.v1.Container {
  const probe = { exec: { command: ["kafka_probe.py"] } };
  return {
    ...restrictedContainer(),
    name: "kafka",
    image: spec.image,
    env: [
      { name: "NODE_ID", valueFrom: { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } } },
      { name: "KAFKA_CONFIG", value: `${FILES.config}/server-$(NODE_ID).properties` },
      { name: "KAFKA_CLUSTER_ID", value: spec.clusterId },
      { name: "KAFKA_HEAP", value: `${Math.floor(bytes(spec.resources.memory) / 2 / 2 ** 20)}m` },
      // For the probe alone, which logs in as the broker itself.
      ...certificateLogin(`localhost:${PORTS.brokers}`, FILES.tls),
      ...(spec.jwksUri === undefined ? [] : [KEYS_VARIABLE]),
    ],
    ports: Object.entries(PORTS).map(([port, containerPort]) => ({ name: port, containerPort })),
    // A full JVM start, and the replay of an unclean log before the port opens, on a slow machine.
    startupProbe: { tcpSocket: { port: "clients" }, periodSeconds: 2, failureThreshold: 300 },
    readinessProbe: { ...probe, periodSeconds: 10, timeoutSeconds: 8, failureThreshold: 3 },
    livenessProbe: { tcpSocket: { port: "clients" }, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
    resources: resourceRequirements(spec.resources),
    volumeMounts: [
      { name: "config", mountPath: FILES.config, readOnly: true },
      { name: "tls", mountPath: FILES.tls, readOnly: true },
      { name: "data", mountPath: FILES.data },
      { name: "tmp", mountPath: "/tmp" },
      ...(spec.jwksUri === undefined ? [] : [{ name: "token-keys", mountPath: KEYS_FOLDER, readOnly: true }]),
    ],
  };
}

/** How the image's scripts log in with a certificate (images/kafka/kafka_client.py). */
function certificateLogin(bootstrap: pulumi.Input<string>, folder: string) {
  return [
    { name: "KAFKA_BOOTSTRAP", value: bootstrap },
    { name: "KAFKA_CA", value: `${folder}/ca.crt` },
    { name: "KAFKA_CERTIFICATE", value: `${folder}/tls.crt` },
    { name: "KAFKA_KEY", value: `${folder}/tls.key` },
  ];
}

export interface KafkaSetupSpec extends SetupSpec {
  /** `host:port,...` of the brokers' certificate listener. */
  readonly bootstrap: pulumi.Input<string>;
  readonly configMap: pulumi.Input<string>;
  readonly adminSecret: pulumi.Input<string>;
  readonly passwordSecret: pulumi.Input<string>;
}

/** The Job that makes topics, users and rights what they should be. */
export function setupJobArgs(spec: KafkaSetupSpec) {
  return setupJob(spec, {
    user: USER,
    container: {
      command: ["kafka_apply.py", `${WISH_FILES}/wish.json`],
      env: certificateLogin(spec.bootstrap, ADMIN_FILES),
    },
    memory: "128Mi",
    files: {
      [WISH_FILES]: { name: "wish", configMap: { name: spec.configMap } },
      [ADMIN_FILES]: secretVolume("admin", spec.adminSecret),
      [PASSWORD_FILES]: secretVolume("users", spec.passwordSecret),
    },
  });
}
