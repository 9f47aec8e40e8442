import type { CredentialsTarget } from "../components/credentials";
import type { Environment } from "../environment";
import type { Namespaces } from "./namespaces";

/** Those of the applications whose service is switched on. */
export function switchedOn({ workloads, services }: Environment, applications: readonly string[]): string[] {
  return applications.filter((application) => {
    const workload = workloads[application];
    return workload !== undefined && services[workload.service];
  });
}

/** Where the credentials of a service are needed: one Secret in each namespace where an application runs. */
export function credentialsTargets(
  environment: Environment,
  namespaces: Namespaces,
  secretName: string,
  applications: readonly string[],
): CredentialsTarget[] {
  const used = switchedOn(environment, applications).map((name) => environment.workloads[name]?.namespace ?? "");
  return [...new Set(used)].map((namespace) => ({ namespace: namespaces.of(namespace), secretName }));
}

/** Name of the Secret with an application's way into a database. */
export const databaseSecret = (database: string) => `postgres-${database.replaceAll("_", "-")}`;

/** Name of the Secret by which an application logs people or itself in. */
export const loginSecret = (client: string) => `login-${client}`;

/** Name of the Secret with a Kafka user's way in. */
export const kafkaSecret = (user: string) => `kafka-${user}`;
