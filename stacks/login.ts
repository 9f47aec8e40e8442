import type * as pulumi from "@pulumi/pulumi";
import { type KeycloakKeys, KeycloakRealm } from "../components/keycloak-realm";
import type { Environment } from "../environment";
import { credentialsTargets, databaseSecret, loginSecret } from "./consumers";
import type { Foundation } from "./foundation";

/** Name of Keycloak, of its workload and of its database in the environment. */
const KEYCLOAK = "keycloak";

/** Keycloak with the platform's realm, and for every application what it logs in by. */
export function buildLogin(
  environment: Environment,
  { namespaces, images, labels, providers }: Foundation,
  { databases, keys }: { readonly databases: ReadonlyMap<string, pulumi.Resource>; readonly keys: KeycloakKeys },
): KeycloakRealm {
  const { realm, keycloak, hosts, workloads, services, postgres } = environment;
  const clients = Object.entries(realm.clients).map(([id, { applications, ...client }]) => {
    const credentialsIn = credentialsTargets(environment, namespaces, loginSecret(id), applications);
    return [id, { ...client, credentialsIn }] as const;
  });
  const database = databases.get(KEYCLOAK);
  return new KeycloakRealm(
    KEYCLOAK,
    {
      namespace: namespaces.of(workloads[KEYCLOAK]?.namespace ?? ""),
      image: images("keycloak"),
      publicUrl: hosts["login"]?.url ?? "",
      replicas: keycloak.replicas,
      resources: keycloak.resources,
      database: {
        secretName: databaseSecret(KEYCLOAK),
        connections: postgres.databases[KEYCLOAK]?.connectionLimit ?? 0,
        ready: database === undefined ? [] : [database],
      },
      keys,
      // The policies let nobody reach Keycloak but the gateway and those that log in by it.
      proxyHeaders: services.gateway,
      realm: { ...realm, clients: Object.fromEntries(clients) },
      labels,
    },
    { providers },
  );
}
