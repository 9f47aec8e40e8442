import type * as pulumi from "@pulumi/pulumi";
import {
  AirflowCelery,
  type AirflowCeleryArgs,
  type AirflowConnection,
  type AirflowScaling,
} from "../components/airflow-celery";
import { type Environment, milliseconds } from "../environment";
import { brokerSecret, databaseSecret, JOB_STARTER, loginSecret, storeSecret } from "./consumers";
import type { Foundation } from "./foundation";
import { mapValues } from "./map-values";

/** Airflow as the environment says, on whatever the foundation gives. */
export function buildAirflow(
  environment: Environment,
  { images, namespaces, labels, providers, broker, objectStore }: Foundation,
  {
    after,
    scaling,
    encryptionKey,
  }: { after: readonly pulumi.Resource[]; scaling: AirflowScaling | undefined; encryptionKey: pulumi.Input<string> },
): AirflowCelery {
  const { airflow, workloads, services, hosts } = environment;
  return new AirflowCelery(
    "airflow",
    {
      namespace: namespaces.of(workloads["airflow-api-server"]?.namespace ?? ""),
      image: images("airflow"),
      metricsImage: images("statsd-exporter"),
      secrets: {
        database: databaseSecret("airflow"),
        results: databaseSecret("airflow_results"),
        broker: {
          scheduler: brokerSecret("airflow-scheduler"),
          worker: brokerSecret("airflow-worker"),
          flower: brokerSecret("airflow-flower"),
        },
        store: {
          apiServer: storeSecret("airflow-api-server"),
          dagProcessor: storeSecret("airflow-dag-processor"),
          triggerer: storeSecret("airflow-triggerer"),
          worker: storeSecret("airflow-worker"),
          push: storeSecret("dags-push"),
        },
      },
      encryptionKey,
      apiServer: airflow.apiServer,
      scheduler: airflow.scheduler,
      dagProcessor: airflow.dagProcessor,
      triggerer: airflow.triggerer,
      queues: queuesOf(environment),
      pools: airflow.pools,
      connections: mapValues(airflow.connections, connectionTo),
      variables: airflow.variables,
      dagBundles: mapValues(airflow.dagBundles, ({ bucket, prefix, refresh }) => ({
        bucket,
        prefix,
        refreshSeconds: milliseconds(refresh) / 1000,
      })),
      logBucket: airflow.logBucket,
      history: airflow.history,
      ...(services.keycloak ? { login: { secret: loginSecret("airflow") } } : {}),
      ...(services.gateway ? { url: hosts["airflow"]?.url ?? "" } : {}),
      ...(scaling === undefined ? {} : { scaling }),
      after: [...after, ...[broker, objectStore].flatMap((each) => (each === undefined ? [] : [each.ready]))],
      labels,
    },
    { providers },
  );
}

/** The queues; those who start jobs of Spark do it by an account of their own. */
function queuesOf({ airflow, spark, services }: Environment): AirflowCeleryArgs["queues"] {
  const starts = (queue: string) => services.spark && queue === spark.queue;
  return Object.fromEntries(
    Object.entries(airflow.queues).map(([queue, wanted]) => [
      queue,
      starts(queue) ? { ...wanted, account: JOB_STARTER } : wanted,
    ]),
  );
}

function connectionTo({ type, to }: Environment["airflow"]["connections"][string]): AirflowConnection {
  switch (type) {
    case "postgres":
      return { type, secret: databaseSecret(to) };
    case "s3":
      return { type };
  }
}
