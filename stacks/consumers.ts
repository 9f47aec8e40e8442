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

/**
 * Where the credentials of a service are needed: one Secret in each namespace where an application runs. Resources bear the namespace's
 * name: which one is first changes with the services. States of before have the first one's without it.
 */
export function credentialsTargets(
  environment: Environment,
  namespaces: Namespaces,
  secretName: string,
  applications: readonly string[],
): CredentialsTarget[] {
  const used = switchedOn(environment, applications).map((name) => environment.workloads[name]?.namespace ?? "");
  return [...new Set(used)].map((namespace, index) => ({
    namespace: namespaces.of(namespace),
    secretName,
    resource: `${secretName}-in-${namespace}`,
    ...(index === 0 ? { formerResource: secretName } : {}),
  }));
}

/** Name of the Secret with an application's way into a database: as its owner, whose name is the database's, or as another role. */
export const databaseSecret = (role: string) => `postgres-${role.replaceAll("_", "-")}`;

/** Name of the Secret by which an application logs people or itself in. */
export const loginSecret = (client: string) => `login-${client}`;

/** Name of the Secret with a Kafka user's way in. */
export const kafkaSecret = (user: string) => `kafka-${user}`;

/** Name of the Secret with an application's login at the broker. */
export const brokerSecret = (application: string) => `valkey-${application}`;

/** Service account of the workers of Airflow that start jobs of Spark. */
export const JOB_STARTER = "airflow-job-starter";

/** Name of the Secret with an application's login in a document database. */
export const documentSecret = (database: string, application: string) =>
  `mongodb-${database.replaceAll("_", "-")}-${application}`;

/** Name of the Secret with an application's key to the object store. */
export const storeSecret = (application: string) => `object-store-${application}`;
