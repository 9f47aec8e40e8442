import type * as pulumi from "@pulumi/pulumi";
import { KafkaCluster } from "../components/kafka-cluster";
import { KeptKeys } from "../components/kept-keys";
import type { KeycloakRealm } from "../components/keycloak-realm";
import { NetworkPolicies } from "../components/network-policies";
import { PipelineJob, PipelineTemplate } from "../components/pipeline-job";
import { PostgresAccess } from "../components/postgres-access";
import {
  ACCESS_WORKLOAD,
  BACKUP_WORKLOADS,
  type Environment,
  flowsOf,
  KAFKA_CLIENT,
  milliseconds,
} from "../environment";
import { buildAirflow } from "./airflow";
import { buildBackups } from "./backups";
import { credentialsTargets, databaseSecret, kafkaSecret } from "./consumers";
import { buildDoors } from "./doors";
import type { Foundation } from "./foundation";
import { buildGateway } from "./gateway";
import { buildKubernetesAccess } from "./kubernetes-access";
import { buildLogin } from "./login";
import { made } from "./made";
import { mapValues } from "./map-values";
import { buildScaling } from "./scaling";
import { buildSpark } from "./spark";

/** uid of the user in images/pipelines. */
const PIPELINES_USER = 1000;

/** Everything above the foundation, the same on every target. Answers the stack's outputs, none of them a secret. */
export async function buildPlatform(
  environment: Environment,
  foundation: Foundation,
): Promise<Record<string, unknown>> {
  const { services, backups } = environment;
  buildPolicies(environment, foundation);
  const databases = services.postgres ? buildDatabases(environment, foundation) : new Map<string, pulumi.Resource>();
  const people = Object.keys(environment.realm.people);
  const keys = new KeptKeys("kept-keys", { people }, { providers: foundation.providers });
  const login = services.keycloak ? buildLogin(environment, foundation, { databases, keys: keys.keycloak }) : undefined;
  const kafka = services.kafka ? buildKafka(environment, foundation, login) : undefined;
  const ready = kafka === undefined ? [] : [...kafka.ready, ...databases.values()];
  if (services.pipelines && kafka !== undefined) buildFlights(environment, foundation, ready);
  const documents = foundation.documents?.build({ databases: [...databases], adminPassword: keys.documents });
  if (services.postgres) buildAccess(environment, foundation, databases);
  if (services.postgres && backups.enabled) buildBackups(environment, foundation);
  if (login !== undefined) buildKubernetesAccess(environment, foundation);
  // What follows waits for databases or brings large definitions along, and would only be in their way.
  await Promise.all([...databases.values()].map(made));
  const scaling = services.keda ? buildScaling(environment, foundation) : undefined;
  const after = [...databases.values()];
  const airflow = services.airflow
    ? buildAirflow(environment, foundation, { after, scaling, encryptionKey: keys.airflow })
    : undefined;
  if (services.spark) buildSpark(environment, foundation, [...databases.values(), ...(kafka?.ready ?? [])]);
  const gateway = services.gateway ? buildGateway(environment, foundation, { realm: login, airflow }) : undefined;
  buildDoors(environment, foundation);
  const { objectStore, broker } = foundation;
  return {
    databases: [...databases.keys()],
    ...(kafka === undefined ? {} : { kafka: kafka.bootstrapServers }),
    ...(objectStore === undefined ? {} : { objectStore: objectStore.endpoint }),
    ...(broker === undefined ? {} : { broker: broker.host }),
    ...(documents === undefined ? {} : { documents: documents.host }),
    ...(login === undefined ? {} : { login: login.issuer }),
    ...(gateway === undefined ? {} : { addresses: gateway.addresses, gatewayAuthority: gateway.caCertificate }),
  };
}

function buildPolicies(
  environment: Environment,
  { kubernetes, providers, labels, namespaces, postgres }: Foundation,
): void {
  const flows = flowsOf(environment);
  const inUse = flows.flatMap(({ from, to }) =>
    [from, to].flatMap((end) => (end.kind === "workload" ? [end.namespace] : [])),
  );
  new NetworkPolicies(
    "network-policies",
    { flows, namespaces: [...new Set(inUse)], cluster: { apiServers: kubernetes.apiServers }, labels },
    { providers, dependsOn: [...namespaces.resources, ...(postgres?.resources ?? [])] },
  );
}

function buildDatabases(environment: Environment, { postgres, namespaces }: Foundation): Map<string, pulumi.Resource> {
  const backedUp = environment.backups.enabled ? Object.values(BACKUP_WORKLOADS) : [];
  return new Map(
    Object.entries(environment.postgres.databases).flatMap(
      ([database, { applications, connectionLimit, extensions, readers }]) => {
        const targets = (role: string, users: readonly string[]) =>
          credentialsTargets(environment, namespaces, databaseSecret(role), users);
        const letIn = Object.values(readers).some(({ reads }) => reads !== undefined) ? [ACCESS_WORKLOAD] : [];
        const ready = postgres?.database({
          database,
          connectionLimit,
          extensions,
          credentialsIn: targets(database, [...applications, ...backedUp, ...letIn]),
          readers: mapValues(readers, (reader, role) => ({
            connectionLimit: reader.connectionLimit,
            credentialsIn: targets(role, [
              ...reader.applications,
              ...(reader.reads === undefined ? [] : [ACCESS_WORKLOAD]),
            ]),
          })),
        });
        return ready === undefined ? [] : [[database, ready]];
      },
    ),
  );
}

/** What readers of each database may see, where that is not left to its owner. */
function buildAccess(
  { postgres, workloads }: Environment,
  { images, namespaces, labels, providers }: Foundation,
  databases: ReadonlyMap<string, pulumi.Resource>,
): void {
  for (const [database, { readers }] of Object.entries(postgres.databases)) {
    const rules = Object.entries(readers).flatMap(([role, { reads }]) => {
      if (reads === undefined) return [];
      const { schemas, statementTimeout, rows } = reads;
      return [
        [
          role,
          { secret: databaseSecret(role), schemas, statementTimeoutMs: milliseconds(statementTimeout), rows },
        ] as const,
      ];
    });
    const ready = databases.get(database);
    if (rules.length === 0 || ready === undefined) continue;
    new PostgresAccess(
      `${ACCESS_WORKLOAD}-${database.replaceAll("_", "-")}`,
      {
        namespace: namespaces.of(workloads[ACCESS_WORKLOAD]?.namespace ?? ""),
        image: images("backup"),
        database,
        ownerSecret: databaseSecret(database),
        readers: Object.fromEntries(rules),
        others: Object.keys(readers).filter((role) => readers[role]?.reads === undefined),
        after: [ready],
        labels,
      },
      { providers },
    );
  }
}

/** Kafka, which takes the realm's tokens where there is one and needs it neither to start nor for those who have a password. */
function buildKafka(
  environment: Environment,
  { namespaces, kafkaEngine, kubernetes, providers, labels }: Foundation,
  realm: KeycloakRealm | undefined,
): KafkaCluster {
  const { kafka, workloads, protect } = environment;
  const users = Object.entries(kafka.users).flatMap(([name, { login, ...user }]) => {
    if (login !== undefined && realm === undefined) return [];
    const credentialsIn = credentialsTargets(environment, namespaces, kafkaSecret(name), [user.application]);
    return [[name, { ...user, ...(login === undefined ? {} : { client: login.client }), credentialsIn }] as const];
  });
  return new KafkaCluster(
    "kafka",
    {
      namespace: namespaces.of(workloads["kafka"]?.namespace ?? ""),
      engine: kafkaEngine,
      brokers: kafka.brokers,
      replicationFactor: kafka.replicationFactor,
      minInsyncReplicas: kafka.minInsyncReplicas,
      storage: { size: kafka.storage, ...kubernetes.storage },
      resources: kafka.resources,
      topics: kafka.topics,
      users: Object.fromEntries(users),
      ...(realm === undefined ? {} : { tokens: tokensOf(realm) }),
      protect,
      labels,
    },
    { providers },
  );
}

/** The realm as whose tokens Kafka takes. */
function tokensOf({ issuer, jwksUri, caCertificate }: KeycloakRealm) {
  return { issuer, audience: KAFKA_CLIENT, jwksUri, caCertificate };
}

/** The flights of 2013 into Kafka, from there into the warehouse, and the counter that `scripts/counts` runs. */
function buildFlights(environment: Environment, foundation: Foundation, after: readonly pulumi.Resource[]): void {
  const { images, namespaces, labels, providers } = foundation;
  const step = (workload: string) => ({
    namespace: namespaces.of(environment.workloads[workload]?.namespace ?? ""),
    workload,
    image: images("pipelines"),
    user: PIPELINES_USER,
    kafkaSecret: kafkaSecret(workload),
    resources: environment.pipelines.resources,
    labels,
  });
  const postgresSecret = databaseSecret("warehouse");
  const opts = { providers };
  const producer = new PipelineJob("flights-producer", { ...step("flights-producer"), args: ["produce"], after }, opts);
  new PipelineJob(
    "flights-loader",
    { ...step("flights-loader"), args: ["load"], postgresSecret, after: [producer.job] },
    opts,
  );
  new PipelineTemplate("flights-counter", { ...step("flights-counter"), args: ["count"], postgresSecret }, opts);
}
