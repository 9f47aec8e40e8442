import { KAFKA_CLIENT } from "../known-clients";
import { own } from "../plain";
import type { Finding, PathSegment } from "../problem";
import { milliseconds } from "../quantities";
import { declared, entries, type Rule, repeated, unknownName } from "./rule";

/** Controllers vote, so their number is odd; without controllers of their own, brokers vote. */
export const oddVoters: Rule = ({ kafka }) => {
  const [voters, path] =
    kafka?.controllers === 0 ? [kafka.brokers, ["kafka", "brokers"]] : [kafka?.controllers, ["kafka", "controllers"]];
  if (voters === undefined || voters % 2 === 1) return [];
  const message =
    kafka?.controllers === 0
      ? `Without controllers of their own the brokers vote, and ${voters} survive no more failures than ${voters - 1}.`
      : `${voters} controllers survive no more failures than ${voters - 1}.`;
  return [{ path, kind: "quorum", value: voters, allowed: "an odd number", suggestion: String(voters + 1), message }];
};

/** In our own StatefulSet every broker is a controller too. */
export const engineControllers: Rule = ({ kafka }) => {
  if (kafka?.engine !== "statefulset" || kafka.controllers === undefined || kafka.controllers === 0) return [];
  const message = "The engine statefulset has no controllers of their own: its brokers vote.";
  const allowed = "0, or kafka.engine: strimzi";
  return [
    { path: ["kafka", "controllers"], kind: "choice", value: kafka.controllers, allowed, suggestion: "0", message },
  ];
};

/** Copies need a broker each, and no more of them can be asked to acknowledge than there are. */
function copies(
  path: readonly PathSegment[],
  stated: { replicationFactor?: number | undefined; minInsyncReplicas?: number | undefined },
  effective: { replicationFactor?: number | undefined; minInsyncReplicas?: number | undefined },
  brokers: number | undefined,
): Finding[] {
  const { replicationFactor, minInsyncReplicas } = effective;
  const found: Finding[] = [];
  if (stated.replicationFactor !== undefined && brokers !== undefined && stated.replicationFactor > brokers) {
    found.push({
      path: [...path, "replicationFactor"],
      kind: "replication",
      value: stated.replicationFactor,
      allowed: `1 to ${brokers}, the number of brokers`,
      suggestion: String(brokers),
      message: `${stated.replicationFactor} copies need as many brokers, but there are ${brokers}.`,
    });
  }
  if (replicationFactor !== undefined && minInsyncReplicas !== undefined && minInsyncReplicas > replicationFactor) {
    const field = stated.minInsyncReplicas === undefined ? "replicationFactor" : "minInsyncReplicas";
    found.push({
      path: [...path, field],
      kind: "replication",
      value: stated[field],
      allowed: field === "minInsyncReplicas" ? `1 to ${replicationFactor}` : `${minInsyncReplicas} or more`,
      message: `Every write would be refused: it needs ${minInsyncReplicas} copies, of which there are ${replicationFactor}.`,
    });
  }
  return found;
}

/** Replication of the cluster and of each topic that states its own. */
export const replication: Rule = ({ kafka }) => {
  if (kafka === undefined) return [];
  const topics = entries(kafka.topics).filter(
    ([, topic]) => topic.replicationFactor !== undefined || topic.minInsyncReplicas !== undefined,
  );
  return [
    ...copies(["kafka"], kafka, kafka, kafka.brokers),
    ...topics.flatMap(([name, topic]) => {
      const replicationFactor = topic.replicationFactor ?? kafka.replicationFactor;
      const minInsyncReplicas = topic.minInsyncReplicas ?? kafka.minInsyncReplicas;
      return copies(["kafka", "topics", name], topic, { replicationFactor, minInsyncReplicas }, kafka.brokers);
    }),
  ];
};

/** Retention acts on whole segments: one that is older than the retention would stay anyway. */
export const retentionOverSegment: Rule = ({ kafka }) =>
  entries(kafka?.topics).flatMap(([name, topic]): Finding[] => {
    const segment = topic.segment ?? kafka?.segment;
    if (segment === undefined || topic.retention === undefined || topic.retention === "forever") return [];
    if (milliseconds(topic.retention) >= milliseconds(segment)) return [];
    return [
      {
        path: ["kafka", "topics", name, "retention"],
        kind: "order",
        value: topic.retention,
        allowed: `${segment} or more, the age of a segment, or a smaller segment`,
        message: `Messages of ${name} would be kept longer than said, until their segment ends.`,
      },
    ];
  });

/** Compaction keeps the last message of each key. */
export const compactedByKey: Rule = ({ kafka }) =>
  entries(kafka?.topics).flatMap(([name, { cleanup, key }]): Finding[] => {
    if (!cleanup?.includes("compact") || (key !== undefined && key.length > 0)) return [];
    const message = `A broker refuses messages without key in a compacted topic such as ${name}.`;
    return [
      {
        path: ["kafka", "topics", name, "key"],
        kind: "missing",
        value: "(list of 0)",
        allowed: "the fields of the key",
        message,
      },
    ];
  });

/**
 * Names that Kafka's metrics or Kubernetes cannot keep apart: `.`, `_` and `-` become one, and so do cases.
 * Kafka warns of the first two itself: org.apache.kafka.common.internals.Topic, hasCollision.
 */
export const distinctTopics: Rule = ({ kafka }) =>
  repeated(Object.keys(kafka?.topics ?? {}), (name) => name.toLowerCase().replace(/[._]/g, "-")).map(
    ({ item, first }) => ({
      path: ["kafka", "topics", item],
      kind: "duplicate",
      value: item,
      allowed: "a name that differs in more than case and . _ -",
      message: `Topics ${item} and ${first} cannot be told apart in metrics and object names.`,
    }),
  );

/** Topics belong to workloads that are there. */
export const topicOwners: Rule = ({ kafka, workloads }) =>
  entries(kafka?.topics).flatMap(([name, { owner }]) =>
    owner === undefined || declared(workloads, owner)
      ? []
      : [unknownName(["kafka", "topics", name, "owner"], owner, "workload", Object.keys(workloads ?? {}))],
  );

/** Users are granted topics that are there. */
export const grantedTopics: Rule = ({ kafka }) => {
  const known = Object.keys(kafka?.topics ?? {});
  return entries(kafka?.users).flatMap(([name, user]) =>
    (["produce", "consume"] as const).flatMap((right) =>
      (user[right] ?? []).flatMap((topic, index) =>
        topic === undefined || declared(kafka?.topics, topic)
          ? []
          : [unknownName(["kafka", "users", name, right, index], topic, "topic", known)],
      ),
    ),
  );
};

/** Who reads needs a consumer group, and who may do nothing is a mistake. */
export const usableUsers: Rule = ({ kafka }) =>
  entries(kafka?.users).flatMap(([name, { produce, consume, groupPrefix }]): Finding[] => {
    const path = ["kafka", "users", name];
    if ((produce ?? []).length + (consume ?? []).length === 0) {
      return [
        {
          path,
          kind: "missing",
          value: "(mapping)",
          allowed: "topics in produce or consume",
          message: `${name} may do nothing.`,
        },
      ];
    }
    if ((consume ?? []).length === 0 || groupPrefix !== undefined) return [];
    const message = `${name} reads topics, which needs a consumer group.`;
    return [
      {
        path: [...path, "groupPrefix"],
        kind: "missing",
        value: undefined,
        allowed: "a prefix of its own",
        suggestion: name,
        message,
      },
    ];
  });

/** A user could join another's consumer groups, and take its messages, if its prefix began the other's. */
export const separateGroups: Rule = ({ kafka }) => {
  const prefixes = entries(kafka?.users).flatMap(([name, { groupPrefix }]) =>
    groupPrefix === undefined ? [] : [{ name, groupPrefix }],
  );
  return prefixes.flatMap((mine, index) =>
    prefixes
      .slice(0, index)
      .filter(({ groupPrefix }) => groupPrefix.startsWith(mine.groupPrefix) || mine.groupPrefix.startsWith(groupPrefix))
      .map(
        (other): Finding => ({
          path: ["kafka", "users", mine.name, "groupPrefix"],
          kind: "overlap",
          value: mine.groupPrefix,
          allowed: `a prefix apart from ${other.groupPrefix}`,
          message: `Users ${mine.name} and ${other.name} could use each other's consumer groups.`,
        }),
      ),
  );
};

/** Users whose names, after `kafka-`, are those of the cluster's own certificates and Secrets. */
const OWN_USERS = ["admin", "broker"];

/** No user takes a name of the cluster's own. */
export const reservedUsers: Rule = ({ kafka }) =>
  Object.keys(kafka?.users ?? {})
    .filter((name) => OWN_USERS.includes(name))
    .map((name) => ({
      path: ["kafka", "users", name],
      kind: "reserved",
      value: name,
      allowed: "another name",
      message: `${name} is the cluster's own user.`,
    }));

/** Who logs in by a token has a service client that Kafka is meant for, and that client's credentials. */
export const tokenUsers: Rule = ({ kafka, realm }) => {
  const clients = realm?.clients;
  return entries(kafka?.users).flatMap(([name, { login, application }]): Finding[] => {
    if (login?.client === undefined) return [];
    const path = ["kafka", "users", name, "login", "client"];
    const suited = entries(clients).flatMap(([id, { kind, grants }]) =>
      kind === "service" && own(grants, KAFKA_CLIENT) !== undefined ? [id] : [],
    );
    if (!declared(clients, login.client)) return [unknownName(path, login.client, "client", suited)];
    const client = own(clients, login.client);
    if (client === undefined) return [];
    if (!suited.includes(login.client)) {
      const allowed = `a client of kind service with a role of ${KAFKA_CLIENT}`;
      const message = `No token of client ${login.client} is meant for Kafka.`;
      return [{ path, kind: "choice", value: login.client, allowed, message }];
    }
    if (application === undefined || client.applications?.includes(application) !== false) return [];
    const message = `${application} does not get the credentials of client ${login.client}.`;
    return [
      {
        path: ["realm", "clients", login.client, "applications"],
        kind: "missing",
        value: `(list of ${client.applications.length})`,
        allowed: `a list with ${application}`,
        message,
      },
    ];
  });
};

/** To Kafka a token's bearer is who its client is, a password's who its user is: nobody may pass for another. */
export const distinctPrincipals: Rule = ({ kafka, realm }) => {
  const users = entries(kafka?.users).map(([name, { login }]) => ({ name, principal: login?.client ?? name }));
  const passwords = users.filter(({ name }) => own(kafka?.users, name)?.login === undefined);
  const duplicate = (path: readonly PathSegment[], value: string, message: string): Finding => ({
    path,
    kind: "duplicate",
    value,
    allowed: "a name that no other client or user has in Kafka",
    message,
  });
  const bearers = entries(realm?.clients).filter(
    ([id, { grants }]) =>
      own(grants, KAFKA_CLIENT) !== undefined && passwords.some(({ principal }) => principal === id),
  );
  return [
    ...bearers.map(([id]) =>
      duplicate(["kafka", "users", id], id, `A token of client ${id} would have the rights of the user of that name.`),
    ),
    ...repeated(
      users.filter((user) => !passwords.includes(user)),
      ({ principal }) => principal,
    ).map(({ item, first }) =>
      duplicate(
        ["kafka", "users", item.name, "login", "client"],
        item.principal,
        `Users ${item.name} and ${first.name} would be one and the same to Kafka.`,
      ),
    ),
  ];
};
