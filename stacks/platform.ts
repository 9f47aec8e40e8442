import type * as pulumi from "@pulumi/pulumi";
import { KafkaCluster } from "../components/kafka-cluster";
import { NetworkPolicies } from "../components/network-policies";
import { PipelineJob, PipelineTemplate } from "../components/pipeline-job";
import { type Environment, flowsOf } from "../environment";
import { credentialsTargets, databaseSecret, kafkaSecret } from "./consumers";
import type { Foundation } from "./foundation";

/** uid of the user in images/pipelines. */
const PIPELINES_USER = 1000;

/** Everything above the foundation, the same on every target. Answers the stack's outputs, none of them a secret. */
export function buildPlatform(environment: Environment, foundation: Foundation): Record<string, unknown> {
  const { services } = environment;
  buildPolicies(environment, foundation);
  const databases = services.postgres ? buildDatabases(environment, foundation) : new Map();
  const kafka = services.kafka ? buildKafka(environment, foundation) : undefined;
  if (services.pipelines && kafka !== undefined)
    buildFlights(environment, foundation, [...kafka.ready, ...databases.values()]);
  const { objectStore, broker } = foundation;
  return {
    databases: [...databases.keys()],
    ...(kafka === undefined ? {} : { kafka: kafka.bootstrapServers }),
    ...(objectStore === undefined ? {} : { objectStore: objectStore.endpoint }),
    ...(broker === undefined ? {} : { broker: broker.host }),
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
  return new Map(
    Object.entries(environment.postgres.databases).flatMap(
      ([database, { applications, connectionLimit, extensions }]) => {
        const credentialsIn = credentialsTargets(environment, namespaces, databaseSecret(database), applications);
        const ready = postgres?.database({ database, connectionLimit, extensions, credentialsIn });
        return ready === undefined ? [] : [[database, ready]];
      },
    ),
  );
}

function buildKafka(
  environment: Environment,
  { namespaces, kafkaEngine, kubernetes, providers, labels }: Foundation,
): KafkaCluster {
  const { kafka, workloads, protect } = environment;
  const users = Object.entries(kafka.users).map(([name, user]) => {
    const credentialsIn = credentialsTargets(environment, namespaces, kafkaSecret(name), [user.application]);
    return [name, { ...user, credentialsIn }];
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
      protect,
      labels,
    },
    { providers },
  );
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
