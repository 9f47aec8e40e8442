import type { Environment } from "./environment";
import type { Definition } from "./schema/definition";
import type { StackConfig } from "./schema/stack-config";

/** https needs no port in an address when it is this. */
const HTTPS_PORT = 443;

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

/** Fills in what follows from other values, so that nobody has to work it out again. Both inputs are right. */
export function settle(definition: Definition, config: StackConfig): Environment {
  const { domain, gatewayPort, target } = config;
  const port = gatewayPort === HTTPS_PORT ? "" : `:${gatewayPort}`;
  const { kafka, realm } = definition;
  const hosts = mapValues(definition.hosts, (host) => {
    const name = `${host.label}.${domain}`;
    return { ...host, name, url: `https://${name}${port}` };
  });
  const doors = mapValues(definition.doors, (door, name) => ({
    ...door,
    name: `${door.label}.${domain}`,
    hostPort: config.doorPorts[name] ?? definition.workloads[door.workload]?.ports[door.port] ?? 0,
  }));
  const settled = {
    ...definition,
    doors,
    protect: config.protect ?? target !== "dev",
    hosts,
    kafka: {
      ...kafka,
      topics: mapValues(kafka.topics, (topic) => ({
        ...topic,
        replicationFactor: topic.replicationFactor ?? kafka.replicationFactor,
        minInsyncReplicas: topic.minInsyncReplicas ?? kafka.minInsyncReplicas,
        segment: topic.segment ?? kafka.segment,
      })),
    },
    realm: {
      ...realm,
      clients: mapValues(realm.clients, (client) => ({
        ...client,
        redirectUris: client.redirectUris.map((uri) =>
          uri.replace(/^https:\/\/\{([^}]*)\}/, (_, host: string) => hosts[host]?.url ?? ""),
        ),
      })),
    },
  };
  return { ...config, ...settled };
}
