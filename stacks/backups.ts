import { PostgresBackup } from "../components/postgres-backup";
import { BACKUP_WORKLOADS, type Environment } from "../environment";
import { databaseSecret, storeSecret } from "./consumers";
import type { Foundation } from "./foundation";

/** Backups of every database of PostgreSQL, whatever serves it: they use its owners' logins and nothing else. */
export function buildBackups(environment: Environment, { images, namespaces, labels, providers }: Foundation): void {
  const { backups, postgres, pipelines, workloads } = environment;
  const { writer, reader } = BACKUP_WORKLOADS;
  new PostgresBackup(
    writer,
    {
      namespace: namespaces.of(workloads[writer]?.namespace ?? ""),
      image: images("backup"),
      schedule: backups.schedule,
      retention: backups.retention,
      bucket: backups.bucket,
      databases: Object.fromEntries(Object.keys(postgres.databases).map((name) => [name, databaseSecret(name)])),
      writer: { workload: writer, storeSecret: storeSecret(writer) },
      reader: { workload: reader, storeSecret: storeSecret(reader) },
      resources: pipelines.resources,
      labels,
    },
    { providers },
  );
}
