import assert from "node:assert/strict";
import { PostgresBackup, type PostgresBackupArgs } from "../../components/postgres-backup";
import { TYPES } from "../../components/types";
import { assertField, assertWellFormed, recordComponent, refusals } from "./recorded";

const ARGS: PostgresBackupArgs = {
  namespace: "platform-data",
  image: "localhost/platform/backup:17-0123456789ab",
  schedule: "0 3 * * *",
  retention: "30d",
  bucket: "backups",
  databases: { warehouse: "postgres-warehouse", airflow_results: "postgres-airflow-results" },
  writer: { workload: "postgres-backup", storeSecret: "object-store-postgres-backup" },
  reader: { workload: "postgres-restore", storeSecret: "object-store-postgres-restore" },
};
const build = (args: Partial<PostgresBackupArgs> = {}) =>
  recordComponent((opts) => new PostgresBackup("postgres-backup", { ...ARGS, ...args }, opts));

interface Pod {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: {
    readonly containers: {
      readonly args: string[];
      readonly env: { name: string; value: string }[];
      readonly volumeMounts: { name: string; mountPath: string }[];
    }[];
    readonly volumes: { name: string; secret: { secretName: string } }[];
  };
}

/** Secrets by the folder where the container finds them. */
function secretsOf({ spec }: Pod): Record<string, string | undefined> {
  const [container] = spec.containers;
  return Object.fromEntries(
    (container?.volumeMounts ?? []).map(({ name, mountPath }) => [
      mountPath,
      spec.volumes.find((volume) => volume.name === name)?.secret.secretName,
    ]),
  );
}

describe("PostgresBackup", () => {
  it("is one tree on the given providers", async () => {
    assertWellFormed(await build(), TYPES.postgresBackup, "postgres-backup");
  });

  it("dumps at its times in UTC, one run at a time, and keeps what it was told to keep", async () => {
    const { inputs } = (await build()).find("kubernetes:batch/v1:CronJob", "-schedule");
    const spec = inputs["spec"] as {
      schedule: string;
      timeZone: string;
      concurrencyPolicy: string;
      jobTemplate: { spec: { template: Pod } };
    };
    assert.deepEqual([spec.schedule, spec.timeZone, spec.concurrencyPolicy], ["0 3 * * *", "Etc/UTC", "Forbid"]);
    const [container] = spec.jobTemplate.spec.template.spec.containers;
    assert.deepEqual(container?.args, ["backup"]);
    assert.deepEqual(container?.env, [
      { name: "BACKUP_BUCKET", value: "backups" },
      { name: "BACKUP_RETENTION_SECONDS", value: String(30 * 86_400) },
    ]);
  });

  it("logs in as the owner of each database, and gives each direction a key of its own", async () => {
    const recorded = await build();
    const databases = {
      "/etc/backup/databases/warehouse": "postgres-warehouse",
      "/etc/backup/databases/airflow_results": "postgres-airflow-results",
    };
    for (const workload of ["postgres-backup", "postgres-restore"]) {
      const { inputs } = recorded.find("kubernetes:core/v1:PodTemplate", `-template-${workload}`);
      const template = inputs["template"] as Pod;
      assert.deepEqual(secretsOf(template), { ...databases, "/etc/backup/store": `object-store-${workload}` });
      assert.equal(template.metadata.labels["app.kubernetes.io/name"], workload);
    }
  });

  const wrong: [string, Partial<PostgresBackupArgs>][] = [
    ["schedule", { schedule: "daily" }],
    ["retention", { retention: "forever" }],
    ["databases", { databases: {} }],
    ["databases.warehouse", { databases: { warehouse: "Secret" } }],
    ["reader.workload", { reader: { workload: "postgres-backup", storeSecret: "s" } }],
    ["writer.storeSecret", { writer: { workload: "postgres-backup", storeSecret: "" } }],
    ["resources.memory", { resources: { cpu: "1", memory: "much" } }],
  ];
  for (const [field, args] of wrong)
    it(`refuses ${JSON.stringify(args)}`, async () => {
      assertField(await refusals((opts) => new PostgresBackup("backup", { ...ARGS, ...args }, opts)), field);
    });
});
