import { z } from "zod";
import { resources, resourcesOverride } from "./resources";
import { byteQuantity, dnsLabel, duration, name, retention, sentence, workloadName } from "./values";

/** Kafka's rule for topic names (org.apache.kafka.common.internals.Topic); `__` begins internal topics. */
const topicName = name(
  "1 to 249 of letters, digits, dot, underscore and hyphen, not . or .., and not beginning with __",
  /^(?!\.{1,2}$)(?!__)[A-Za-z0-9._-]{1,249}$/,
);

/** A user; also the name of the Kubernetes Secret with its way in, so the narrower rule of Kubernetes holds. */
const kafkaUserName = name(
  "1 to 52 of a-z, 0-9 and hyphen, with a letter or digit at both ends",
  /^(?=.{1,52}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
);

/** A topic. Key: its name. */
const topic = z.strictObject({
  /** Workload that defines what the messages mean. */
  owner: workloadName,
  /** Partitions. They can be added but never taken away, and adding moves keys. */
  partitions: z.int().min(1).max(1000),
  /** Copies of each partition. @default the cluster's */
  replicationFactor: z.int().min(1).max(9).exactOptional(),
  /** Copies that must have a message before it counts as written. @default the cluster's */
  minInsyncReplicas: z.int().min(1).max(9).exactOptional(),
  /** How long messages are kept. Compacted topics keep the last one of each key. */
  retention,
  /** How old a segment may get before a new one begins; retention acts on whole segments. @default the cluster's */
  segment: duration.exactOptional(),
  /** What happens to old messages. @default ["delete"] */
  cleanup: z
    .array(z.enum(["delete", "compact"]))
    .min(1)
    .max(2)
    .default(["delete"]),
  /** Fields that form the message key, in order; empty if messages have none. */
  key: z.array(z.string().min(1)).default([]),
});

/** Who may connect, and what for. Key: the user's name. Passwords are made by the program and are no part of this. */
const kafkaUser = z.strictObject({
  /** Workload that uses it. */
  application: workloadName,
  /** How it logs in where not by a password (SCRAM). Users with a login are there only where Keycloak is. @default a password */
  login: z
    .strictObject({
      /** Service client of the realm by whose tokens it logs in (OAUTHBEARER); it must be granted a role of the client `kafka`. */
      client: dnsLabel,
    })
    .exactOptional(),
  /** Topics it may write. */
  produce: z.array(topicName).default([]),
  /** Topics it may read. */
  consume: z.array(topicName).default([]),
  /** Consumer groups that it may use are those whose name begins so. Required to read. */
  groupPrefix: name(
    "1 to 200 of letters, digits, dot, underscore and hyphen",
    /^[A-Za-z0-9._-]{1,200}$/,
  ).exactOptional(),
  /** Why it exists. */
  why: sentence,
});

const size = {
  /** `statefulset`: our own KRaft StatefulSet. `strimzi`: the Strimzi operator. */
  engine: z.enum(["statefulset", "strimzi"]),
  /** Brokers. */
  brokers: z.int().min(1).max(99),
  /** Controllers of their own, an odd number; 0: every broker is a controller too, then brokers are odd. */
  controllers: z.int().min(0).max(9),
  /** Copies of each partition unless the topic says otherwise; also of Kafka's own topics. */
  replicationFactor: z.int().min(1).max(9),
  /** Copies that must have a message before it counts as written, unless the topic says otherwise. */
  minInsyncReplicas: z.int().min(1).max(9),
  /** How old a segment may get unless the topic says otherwise. */
  segment: duration,
  /** Volume of each broker. */
  storage: byteQuantity,
};

/** Kafka: brokers, topics, users and their rights. */
export const kafka = z.strictObject({
  ...size,
  /** Size of each broker. The heap is half of its memory limit. */
  resources,
  /** Topics by name. */
  topics: z.record(topicName, topic),
  /** Users by name. */
  users: z.record(kafkaUserName, kafkaUser),
});

/** What a target may change of Kafka. */
export const kafkaOverride = z.strictObject({ ...size, resources: resourcesOverride }).partial();
