import { ValkeyBroker } from "../components/valkey-broker";
import type { Environment } from "../environment";
import { brokerSecret, credentialsTargets, switchedOn } from "./consumers";
import type { Base } from "./foundation";

/** Name of the broker and of the workload in the environment. */
const BROKER = "valkey";

/** Valkey in the cluster, with a login for every application. */
export function brokerInCluster(environment: Environment, base: Base): ValkeyBroker {
  const { valkey, workloads, protect } = environment;
  return new ValkeyBroker(
    BROKER,
    {
      namespace: base.namespaces.of(workloads[BROKER]?.namespace ?? ""),
      image: base.images("valkey"),
      replicas: valkey.replicas,
      maxMemory: valkey.maxMemory,
      storage: { size: valkey.storage, ...base.kubernetes.storage },
      resources: valkey.resources,
      users: Object.fromEntries(
        switchedOn(environment, valkey.applications).map((application) => [
          application,
          { credentialsIn: credentialsTargets(environment, base.namespaces, brokerSecret(application), [application]) },
        ]),
      ),
      protect,
      labels: base.labels,
    },
    { providers: base.providers },
  );
}
