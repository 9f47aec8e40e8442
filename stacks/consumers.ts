import type { CredentialsTarget } from "../components/credentials";
import type { Environment } from "../environment";
import type { Namespaces } from "./namespaces";

/**
 * Where the credentials of a service are needed: one Secret in each namespace where an application that is switched on runs.
 */
export function credentialsTargets(
  { workloads, services }: Environment,
  namespaces: Namespaces,
  secretName: string,
  applications: readonly string[],
): CredentialsTarget[] {
  const used = applications
    .map((application) => workloads[application])
    .filter((workload) => workload !== undefined)
    .filter(({ service }) => services[service])
    .map(({ namespace }) => namespace);
  return [...new Set(used)].map((namespace) => ({ namespace: namespaces.of(namespace), secretName }));
}

/** Name of the Secret with an application's way into a database. */
export const databaseSecret = (database: string) => `postgres-${database.replaceAll("_", "-")}`;

/** Name of the Secret with a Kafka user's way in. */
export const kafkaSecret = (user: string) => `kafka-${user}`;
