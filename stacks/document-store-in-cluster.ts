import { type DocumentDatabase, FerretDocumentStore } from "../components/document-store";
import type { Environment } from "../environment";
import { credentialsTargets, databaseSecret, documentSecret, switchedOn } from "./consumers";
import type { Base, DocumentService } from "./foundation";
import { mapValues } from "./map-values";

/** Name of the store and of the workload in the environment. */
const STORE = "mongodb";
/** Database of PostgreSQL that holds all documents. */
const POSTGRES_DATABASE = "documents";
/** uid of the user in images/pipelines, which has what the setup Job needs. */
const SETUP_USER = 1000;

/** FerretDB in the cluster, with a user for every application that has a document database. */
export function documentStoreInCluster(environment: Environment, base: Base): DocumentService {
  const { mongodb, workloads } = environment;
  return {
    build: ({ databases, adminPassword }) =>
      new FerretDocumentStore(
        STORE,
        {
          namespace: base.namespaces.of(workloads[STORE]?.namespace ?? ""),
          image: base.images("ferretdb"),
          setup: { image: base.images("pipelines"), user: SETUP_USER },
          postgresSecret: databaseSecret(POSTGRES_DATABASE),
          adminPassword,
          resources: mongodb.resources,
          databases: documentDatabases(environment, base),
          after: databases.flatMap(([name, ready]) => (name === POSTGRES_DATABASE ? [ready] : [])),
          labels: base.labels,
        },
        { providers: base.providers },
      ),
  };
}

/** Databases with a user for each application that is switched on. */
function documentDatabases(
  environment: Environment,
  { namespaces }: Pick<Base, "namespaces">,
): Record<string, DocumentDatabase> {
  return mapValues(environment.mongodb.databases, ({ applications }, database) => ({
    users: Object.fromEntries(
      switchedOn(environment, applications).map((application) => {
        const secret = documentSecret(database, application);
        return [application, { credentialsIn: credentialsTargets(environment, namespaces, secret, [application]) }];
      }),
    ),
  }));
}
