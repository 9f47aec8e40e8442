import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parseMilliseconds } from "../../environment/quantities";
import type { WithDefaults } from "../defaults";
import type { Labels } from "../labels";
import { Problems, refuse } from "../problems";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import { type BackupSpec, type BackupWorkload, backupPod, cronJobArgs, labelsOf } from "./manifests";

export interface PostgresBackupArgs {
  /** Namespace of the Secrets below and of the pods. Changing it replaces them; backups stay where they are. */
  readonly namespace: pulumi.Input<string>;
  /** Image of images/backup, with the client programs of the server's version or newer. */
  readonly image: pulumi.Input<string>;
  /** When, in UTC: the five fields of cron. */
  readonly schedule: string;
  /** How long a backup is kept, such as `30d`. The newest of a database is kept whatever its age. */
  readonly retention: string;
  /** Bucket that takes them. */
  readonly bucket: string;
  /** Secrets with the keys that `PostgresDatabase` writes for an owner, by database. Plain. */
  readonly databases: Readonly<Record<string, string>>;
  /** Who writes backups: name of the workload, and Secret with the keys that `ObjectStore` writes. */
  readonly writer: { readonly workload: string; readonly storeSecret: string };
  /** Who reads them back. */
  readonly reader: { readonly workload: string; readonly storeSecret: string };
  /** @default 100m cores, 256Mi: a part of 16 MiB of the dump is in memory, whatever its size */
  readonly resources?: Resources;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = { resources: { cpu: "100m", memory: "256Mi" }, labels: {} };

type Spec = WithDefaults<PostgresBackupArgs, typeof DEFAULTS>;

/**
 * Backups of PostgreSQL databases in a bucket, whatever serves either: a CronJob that dumps, and a PodTemplate for each direction, of
 * which `scripts/backup` and `scripts/restore` make Jobs.
 */
export class PostgresBackup extends pulumi.ComponentResource {
  constructor(name: string, args: PostgresBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.postgresBackup, name, {}, opts);
    const spec: Spec = { ...DEFAULTS, ...args };
    refuse(checkBackup(name, spec), this);

    const backup: BackupSpec = { ...spec, retentionSeconds: (parseMilliseconds(spec.retention) ?? 0) / 1000 };
    const writer: BackupWorkload = { ...spec.writer, args: ["backup"] };
    const reader: BackupWorkload = { ...spec.reader, args: ["list"] };
    new k8s.batch.v1.CronJob(`${name}-schedule`, cronJobArgs(name, spec.schedule, backup, writer), { parent: this });
    for (const workload of [writer, reader])
      new k8s.core.v1.PodTemplate(
        `${name}-template-${workload.workload}`,
        {
          metadata: { name: workload.workload, namespace: spec.namespace, labels: labelsOf(backup, workload) },
          template: backupPod(backup, workload),
        },
        { parent: this },
      );
    this.registerOutputs({});
  }
}

function checkBackup(name: string, spec: Spec): string[] {
  const problems = new Problems(`PostgresBackup "${name}"`);
  problems.name("name", name, 52); // a CronJob's Jobs append 11: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
  if (spec.schedule.split(" ").length !== 5)
    problems.add("schedule", `is ${JSON.stringify(spec.schedule)}. Use the five fields of cron, such as "0 3 * * *".`);
  if (parseMilliseconds(spec.retention) === undefined)
    problems.add("retention", `is ${JSON.stringify(spec.retention)}. Use a duration such as "30d".`);
  if (Object.keys(spec.databases).length === 0) problems.add("databases", "is empty. Name what is backed up.");
  for (const [database, secret] of Object.entries(spec.databases)) problems.name(`databases.${database}`, secret);
  for (const [field, { workload, storeSecret }] of Object.entries({ writer: spec.writer, reader: spec.reader })) {
    problems.name(`${field}.workload`, workload);
    problems.name(`${field}.storeSecret`, storeSecret);
  }
  if (spec.writer.workload === spec.reader.workload)
    problems.add("reader.workload", "is the writer's. Use another name: each has a key of its own.");
  problems.resources("resources", spec.resources);
  return problems.found;
}
