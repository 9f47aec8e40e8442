import { createHash } from "node:crypto";

export const PORT = 6379;

/** Where the pod's files are mounted. */
export const FILES = { config: "/etc/valkey", tls: "/etc/valkey-tls", data: "/data" } as const;

/** Users of the broker itself: probes ping, replicas follow the primary. */
export const OWN_USERS = { probe: "probe", replica: "replica" } as const;

const OWN_RIGHTS = {
  [OWN_USERS.probe]: "+ping",
  [OWN_USERS.replica]: "+psync +replconf +ping",
} as const;

export interface ServerSpec {
  /** `maxmemory` in bytes. */
  readonly maxMemory: number;
  /** Host of the primary, for a replica. */
  readonly primary?: string;
  /** Password of `OWN_USERS.replica`. */
  readonly replicaPassword: string;
}

/**
 * `valkey.conf` of one server: TLS only, everything on disk within a second, and a full memory is an error instead of lost
 * messages. https://valkey.io/topics/valkey.conf/
 */
export function serverConfig({ maxMemory, primary, replicaPassword }: ServerSpec): string {
  const lines = [
    "port 0",
    `tls-port ${PORT}`,
    `tls-cert-file ${FILES.tls}/tls.crt`,
    `tls-key-file ${FILES.tls}/tls.key`,
    `tls-ca-cert-file ${FILES.tls}/ca.crt`,
    "tls-auth-clients no",
    "tls-replication yes",
    `aclfile ${FILES.config}/users.acl`,
    `dir ${FILES.data}`,
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    `maxmemory ${maxMemory}`,
    "maxmemory-policy noeviction",
    `masteruser ${OWN_USERS.replica}`,
    `masterauth ${replicaPassword}`,
    ...(primary === undefined ? [] : [`replicaof ${primary} ${PORT}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * `users.acl`: the default user is off, an application may use its own keys and channels and no administrative command. `info` is
 * let through because Celery's Flower asks for it. Passwords stand there as hashes. https://valkey.io/topics/acl/
 */
export function aclFile(
  applications: Readonly<Record<string, { readonly keyPrefix?: string }>>,
  passwords: Readonly<Record<string, string>>,
): string {
  const user = (name: string, rights: string) => {
    const digest = createHash("sha256")
      .update(passwords[name] ?? "")
      .digest("hex");
    return `user ${name} on #${digest} ${rights}`;
  };
  const lines = [
    "user default off",
    ...Object.entries(OWN_RIGHTS).map(([name, rights]) => user(name, `-@all ${rights}`)),
    ...Object.entries(applications).map(([name, { keyPrefix = "" }]) =>
      user(name, `~${keyPrefix}* &${keyPrefix}* +@all -@admin -@dangerous +info`),
    ),
  ];
  return `${lines.join("\n")}\n`;
}
