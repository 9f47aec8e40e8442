import { Keda } from "../components/keda";
import type { Environment } from "../environment";
import type { Foundation } from "./foundation";

/** Whose pods are scaled by what waits for them. */
const SCALED = ["airflow-worker"];

/** KEDA, for the namespaces where something is scaled; undefined where somebody else has installed it. */
export function buildScaling(environment: Environment, foundation: Foundation): Keda | undefined {
  const { workloads, services } = environment;
  if (environment.operators === "installed") return undefined;
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
