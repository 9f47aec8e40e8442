import { parseBytes, parseMilliseconds } from "../../environment/quantities";
import { checkTargets } from "../credentials";
import { Problems } from "../problems";
import { principalOf } from "./access";
import type { KafkaSpec } from "./kafka-cluster";

/** Kafka's rule for topic names (org.apache.kafka.common.internals.Topic); `__` begins its own. */
const TOPIC = /^(?!\.{1,2}$)(?!__)[A-Za-z0-9._-]{1,249}$/;

/** All that is wrong with a cluster's arguments. */
export function checkKafka(name: string, spec: KafkaSpec): string[] {
  const problems = new Problems(`KafkaCluster "${name}"`);
  problems.name("name", name, 40);
  checkEngine(problems, spec);
  checkCopies(problems, "", spec.replicationFactor, spec.minInsyncReplicas, spec.brokers);
  problems.size("storage.size", spec.storage.size);
  problems.resources("resources", spec.resources);
  if ((parseBytes(spec.resources.memory) ?? 0) < 512 * 2 ** 20) {
    problems.add("resources.memory", `is "${spec.resources.memory}". Use "512Mi" or more: half of it is the heap.`);
  }
  checkTopics(problems, spec);
  checkUsers(problems, spec);
  return problems.found;
}

function checkEngine(problems: Problems, { engine, brokers }: KafkaSpec): void {
  problems.whole("brokers", brokers, 1, 99);
  const odd = (field: string, voters: number) => {
    if (voters % 2 === 1) return;
    problems.add(
      field,
      `is ${voters}, an even number of controllers: one more would cost no more to lose. Use an odd number.`,
    );
  };
  if (engine.kind === "statefulset") {
    odd("brokers", brokers);
    return;
  }
  problems.whole("engine.controllers", engine.controllers, 0, 9);
  if (!/^\d+\.\d+\.\d+$/.test(engine.version)) {
    problems.add("engine.version", `is ${JSON.stringify(engine.version)}. Use three numbers such as "4.3.1".`);
  }
  if (engine.controllers === 0) odd("brokers", brokers);
  else odd("engine.controllers", engine.controllers);
}

function checkCopies(problems: Problems, prefix: string, copies: number, inSync: number, brokers: number): void {
  problems.whole(`${prefix}replicationFactor`, copies, 1);
  problems.whole(`${prefix}minInsyncReplicas`, inSync, 1);
  if (copies > brokers) {
    problems.add(
      `${prefix}replicationFactor`,
      `is ${copies}, but there are ${brokers} brokers. Use 1 to ${brokers}, or add brokers.`,
    );
  }
  if (inSync > copies) {
    problems.add(
      `${prefix}minInsyncReplicas`,
      `is ${inSync}, but there are ${copies} copies: nothing could be written. Use 1 to ${copies}.`,
    );
  }
}

function checkTopics(problems: Problems, spec: KafkaSpec): void {
  for (const [name, topic] of Object.entries(spec.topics)) {
    const field = `topics.${name}`;
    if (!TOPIC.test(name)) {
      problems.add(
        field,
        'has a name that Kafka refuses. Use up to 249 letters, digits, ".", "_" and "-", not beginning with "__".',
      );
    }
    problems.whole(`${field}.partitions`, topic.partitions, 1);
    const { replicationFactor = spec.replicationFactor, minInsyncReplicas = spec.minInsyncReplicas } = topic;
    checkCopies(problems, `${field}.`, replicationFactor, minInsyncReplicas, spec.brokers);
    if (topic.retention !== "forever") checkDuration(problems, `${field}.retention`, topic.retention, ', or "forever"');
    if (topic.segment !== undefined) checkDuration(problems, `${field}.segment`, topic.segment);
  }
  // Kafka names metrics after topics with "." as "_", and refuses the second of two that would clash there.
  problems.distinct(
    "topics",
    Object.keys(spec.topics).map((topic) => topic.replaceAll(".", "_")),
  );
}

function checkDuration(problems: Problems, field: string, value: string, more = ""): void {
  if (parseMilliseconds(value) !== undefined) return;
  problems.add(field, `is ${JSON.stringify(value)}. Use a duration such as "7d" or "36h"${more}.`);
}

function checkUsers(problems: Problems, spec: KafkaSpec): void {
  for (const [name, user] of Object.entries(spec.users)) {
    const field = `users.${name}`;
    problems.name(field, name);
    for (const [right, topics] of [
      ["produce", user.produce ?? []],
      ["consume", user.consume ?? []],
    ] as const) {
      for (const topic of topics.filter((each) => !(each in spec.topics))) {
        problems.add(
          `${field}.${right}`,
          `names "${topic}", which is no topic here. Use one of: ${Object.keys(spec.topics).join(", ") || "none"}.`,
        );
      }
    }
    if ((user.consume ?? []).length > 0 && !user.groupPrefix) {
      problems.add(
        `${field}.groupPrefix`,
        "is missing, but the user reads topics. Say how the names of its consumer groups begin.",
      );
    }
    checkTargets(problems, `${field}.credentialsIn`, user.credentialsIn ?? []);
    if (user.client !== undefined) {
      problems.name(`${field}.client`, user.client);
      if (spec.tokens === undefined)
        problems.add(
          `${field}.client`,
          `is "${user.client}", but no tokens are taken. Say whose in tokens, or take it out.`,
        );
    }
  }
  // Whoever has another's name in Kafka has its rights too.
  problems.distinct(
    "users",
    Object.entries(spec.users).map(([name, user]) => principalOf(name, user)),
  );
}
