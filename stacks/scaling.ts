import type { AirflowScaling } from "../components/airflow-celery";
import { Keda } from "../components/keda";
import type { Environment } from "../environment";
import { databaseSecret } from "./consumers";
import type { Foundation } from "./foundation";

/** Role by which KEDA counts the tasks of Airflow, in the environment. */
const COUNTER = "airflow_scaling";

/** Whose pods are scaled by what waits for them. */
const SCALED = ["airflow-worker"];

/** KEDA, where nobody else has installed it, for the namespaces where something is scaled; and how it counts Airflow's tasks. */
export function buildScaling(environment: Environment, foundation: Foundation): AirflowScaling {
  const keda = environment.operators === "installed" ? undefined : buildKeda(environment, foundation);
  return { secret: databaseSecret(COUNTER), role: COUNTER, after: keda === undefined ? [] : [keda.ready] };
}

function buildKeda({ workloads, services }: Environment, foundation: Foundation): Keda {
  const { namespaces, images, operators, postgres, python, labels, providers } = foundation;
  const scaled = SCALED.flatMap((name) => {
    const workload = workloads[name];
    return workload === undefined || !services[workload.service] ? [] : [workload.namespace];
  });
  return new Keda(
    "keda",
    {
      namespace: namespaces.of(workloads["keda-operator"]?.namespace ?? ""),
      images: { operator: images("keda"), adapter: images("keda-metrics-apiserver") },
      definitions: operators("keda"),
      scaled: Object.fromEntries(scaled.map((namespace) => [namespace, namespaces.of(namespace)])),
      authorities: postgres === undefined ? {} : { postgres: postgres.caCertificate },
      gate: python,
      labels,
    },
    { providers },
  );
}
