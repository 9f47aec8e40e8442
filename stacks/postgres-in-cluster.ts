import { CloudNativePg } from "../components/cloudnative-pg";
import { PostgresCluster, PostgresDatabase } from "../components/postgres-database";
import type { Environment } from "../environment";
import { doorNames } from "./doors";
import type { Base, PostgresService } from "./foundation";
import { made } from "./made";
import { mapValues } from "./map-values";

/** Name of the server and of the workload in the environment. */
const SERVER = "postgres";

/** PostgreSQL by CloudNativePG, in the cluster itself. Resolves once its operator can be used: most services wait for the server. */
export async function postgresInCluster(environment: Environment, base: Base): Promise<PostgresService> {
  const { postgres, workloads, protect, operators } = environment;
  const { storage } = base.kubernetes;
  const { labels, providers } = base;
  const operator =
    operators === "installed"
      ? undefined
      : new CloudNativePg(
          "cloudnative-pg",
          {
            manifest: base.operators("cloudnative-pg"),
            image: base.images("cloudnative-pg"),
            gate: base.python,
            labels,
          },
          { providers },
        );
  const server = new PostgresCluster(
    SERVER,
    {
      namespace: base.namespaces.of(workloads[SERVER]?.namespace ?? ""),
      image: base.images("postgres"),
      instances: postgres.instances,
      storage: { size: postgres.storage, ...storage },
      resources: postgres.resources,
      maxConnections: postgres.maxConnections,
      hostNames: doorNames(environment, SERVER),
      readers: mapValues(postgres.databases, ({ readers }) => Object.keys(readers)),
      ...(operator === undefined ? {} : { operator: operator.ready }),
      protect,
      labels,
    },
    { providers },
  );
  if (operator !== undefined) await made(operator.ready);
  return {
    resources: operator?.objects ?? [],
    caCertificate: server.caCertificate,
    database: (spec) =>
      new PostgresDatabase(`postgres-${spec.database}`, { server, ...spec, protect, labels }, { providers }).ready,
  };
}
