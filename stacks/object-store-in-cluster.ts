import { ObjectStore } from "../components/object-store";
import type { Environment } from "../environment";
import { credentialsTargets, storeSecret, switchedOn } from "./consumers";
import type { Base } from "./foundation";

/** Name of the store and of the workload in the environment. */
const STORE = "object-store";

/** SeaweedFS in the cluster, with a key pair for every application that has a bucket. */
export function objectStoreInCluster(environment: Environment, base: Base): ObjectStore {
  const { objectStore, workloads, protect } = environment;
  const applications = new Set(
    Object.values(objectStore.buckets).flatMap(({ applications }) => Object.keys(applications)),
  );
  const accessOf = (application: string) =>
    Object.fromEntries(
      Object.entries(objectStore.buckets).flatMap(([bucket, { applications }]) => {
        const access = applications[application];
        return access === undefined ? [] : [[bucket, access]];
      }),
    );
  return new ObjectStore(
    STORE,
    {
      namespace: base.namespaces.of(workloads[STORE]?.namespace ?? ""),
      image: base.images("seaweedfs"),
      setup: base.python,
      storage: { size: objectStore.storage, ...base.kubernetes.storage },
      resources: objectStore.resources,
      buckets: objectStore.buckets,
      users: Object.fromEntries(
        switchedOn(environment, [...applications].sort()).map((application) => [
          application,
          {
            access: accessOf(application),
            credentialsIn: credentialsTargets(environment, base.namespaces, storeSecret(application), [application]),
          },
        ]),
      ),
      protect,
      labels: base.labels,
    },
    { providers: base.providers },
  );
}
