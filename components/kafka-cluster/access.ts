/** Who a user is and what it may do. Nobody may do anything that is not listed. */
export interface Access {
  /** Topics that it may write. @default none */
  readonly produce?: readonly string[];
  /** Topics that it may read. @default none */
  readonly consume?: readonly string[];
  /** Consumer groups that it may use are those whose name begins so. Needed to read. */
  readonly groupPrefix?: string;
  /**
   * Client of the token issuer by whose tokens it logs in, whose id is then its name in Kafka. Plain.
   * @default none: it logs in by a password, with its own name
   */
  readonly client?: string;
}

/** Who a user is to Kafka, without "User:". */
export function principalOf(user: string, { client = user }: Access): string {
  return client;
}

/** Those of the users that log in by a password. */
export function withPassword(users: Readonly<Record<string, Access>>): string[] {
  return Object.keys(users).filter((user) => users[user]?.client === undefined);
}

/** A rule that allows a user operations on a topic, or on all groups whose name begins with `name`. */
export interface Acl {
  readonly resource: "topic" | "group";
  readonly name: string;
  readonly pattern: "literal" | "prefixed";
  readonly operations: readonly ("Read" | "Write" | "Describe")[];
}

/**
 * The rules of a user. Idempotent producers need no right of their own: `Write` on a topic is enough
 * (https://cwiki.apache.org/confluence/display/KAFKA/KIP-679).
 */
export function aclsOf({ produce = [], consume = [], groupPrefix }: Access): Acl[] {
  const topics = [...new Set([...produce, ...consume])].sort().map((name): Acl => {
    const operations = [
      ...(consume.includes(name) ? (["Read"] as const) : []),
      ...(produce.includes(name) ? (["Write"] as const) : []),
      "Describe" as const,
    ];
    return { resource: "topic", name, pattern: "literal", operations };
  });
  if (groupPrefix === undefined) return topics;
  return [...topics, { resource: "group", name: groupPrefix, pattern: "prefixed", operations: ["Read", "Describe"] }];
}
