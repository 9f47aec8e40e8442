import { milliseconds } from "../../environment/quantities";

/** A topic. It stays, with its messages, when it is taken out of a program. */
export interface Topic {
  /** Partitions. More can be added, which moves keys; fewer is refused. */
  readonly partitions: number;
  /** Copies of each partition, 1 to the number of brokers. @default the cluster's */
  readonly replicationFactor?: number;
  /** Copies that must have a message before it counts as written. @default the cluster's */
  readonly minInsyncReplicas?: number;
  /** How long messages are kept: `7d`, `36h`, or `forever`. */
  readonly retention: string;
  /** How old a segment may get before a new one begins, such as `1d`; retention acts on whole segments. @default the cluster's */
  readonly segment?: string;
  /** What happens to old messages. @default delete */
  readonly cleanup?: readonly ("delete" | "compact")[];
}

/** A topic's settings under Kafka's names (https://kafka.apache.org/documentation/#topicconfigs). */
export function topicSettings({
  retention,
  segment,
  cleanup = ["delete"],
  minInsyncReplicas,
}: Topic): Record<string, string> {
  return {
    "cleanup.policy": [...cleanup].sort().join(","),
    "retention.ms": retention === "forever" ? "-1" : String(milliseconds(retention)),
    ...(segment === undefined ? {} : { "segment.ms": String(milliseconds(segment)) }),
    ...(minInsyncReplicas === undefined ? {} : { "min.insync.replicas": String(minInsyncReplicas) }),
  };
}
