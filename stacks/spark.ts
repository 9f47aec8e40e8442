import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type SparkJob, SparkOperator, type Submitter, scheduledSparkApplication } from "../components/spark-operator";
import type { Environment } from "../environment";
import versions from "../versions.json";
import { databaseSecret, documentSecret, JOB_STARTER, kafkaSecret, storeSecret } from "./consumers";
import { doorNames } from "./doors";
import type { Foundation } from "./foundation";
import type { Namespaces } from "./namespaces";

/** Workload of the jobs in the environment, and what its namespace goes by. */
const JOB = "spark-job";

/** The program with all jobs, in images/spark. */
const PROGRAM = "/opt/pipelines/warehouse/__main__.py";

/** Secrets by the folder that a job reads them from. */
const KAFKA = { kafka: kafkaSecret("spark") };
const POSTGRES = { postgres: databaseSecret("warehouse") };
const MONGODB = { mongodb: documentSecret("flights", "spark-job") };

/** The jobs: arguments of the program, and the services that each uses. */
const JOBS: Readonly<Record<string, Pick<SparkJob, "args" | "secrets">>> = {
  "flights-etl": { args: ["etl"], secrets: { ...KAFKA, ...POSTGRES } },
  "flights-etl-stream": { args: ["etl", "--form", "stream"], secrets: { ...KAFKA, ...POSTGRES } },
};
const DOCUMENT_JOBS: typeof JOBS = {
  "flights-elt": { args: ["elt"], secrets: { ...KAFKA, ...MONGODB, ...POSTGRES } },
};

/** Spark as the environment says, and a template of each job: suspended, for Airflow and people to start. */
export function buildSpark(
  environment: Environment,
  { namespaces, images, operators, objectStore, labels, providers }: Foundation,
  after: readonly pulumi.Resource[],
): void {
  const { spark, workloads, services, hosts } = environment;
  const jobNamespace = namespaces.of(workloads[JOB]?.namespace ?? "");
  const image = images("spark");
  const operator = new SparkOperator(
    "spark",
    {
      namespace: namespaces.of(workloads["spark-operator"]?.namespace ?? ""),
      image,
      ...(environment.operators === "installed" ? {} : { definitions: operators("spark-operator") }),
      jobNamespaces: { jobs: jobNamespace },
      submitters: submittersOf(environment, namespaces),
      history: {
        ...spark.historyServer,
        eventBucket: spark.eventBucket,
        storeSecret: storeSecret("spark-history"),
        ...(services.gateway ? { url: hosts["spark"]?.url ?? "" } : {}),
      },
      sql: {
        ...spark.sqlServer,
        hostNames: doorNames(environment, "spark-sql"),
        lakeBucket: spark.lakeBucket,
        storeSecret: storeSecret("spark-sql"),
      },
      after: objectStore === undefined ? [] : [objectStore.ready],
      labels,
    },
    { providers },
  );
  const jobs = { ...JOBS, ...(services.mongodb ? DOCUMENT_JOBS : {}) };
  for (const [name, job] of Object.entries(jobs)) {
    const template = scheduledSparkApplication(
      {
        ...job,
        name,
        namespace: jobNamespace,
        workload: JOB,
        image,
        sparkVersion: versions.spark,
        file: PROGRAM,
        driver: spark.driver,
        executors: spark.executors,
        store: { secret: storeSecret(JOB), eventBucket: spark.eventBucket },
        labels,
      },
      { cron: "@every 24h", suspended: true },
    );
    new k8s.apiextensions.CustomResource(`spark-${name}`, template, {
      parent: operator,
      dependsOn: [...operator.ready, ...after],
    });
  }
}

/** Airflow, where there is one. */
function submittersOf({ services, workloads }: Environment, namespaces: Namespaces): Record<string, Submitter> {
  if (!services.airflow) return {};
  return {
    airflow: {
      namespace: namespaces.of(workloads["airflow-worker"]?.namespace ?? ""),
      serviceAccount: JOB_STARTER,
    },
  };
}
