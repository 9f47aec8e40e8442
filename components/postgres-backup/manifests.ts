import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Labels, objectLabels } from "../labels";
import { secretVolume } from "../stateful-set";
import { type Resources, resourceRequirements, restrictedContainer, restrictedPod } from "../workload";

/** uid and gid of the image's user. */
const USER = 1000;
/** Where images/backup/backup_main.py looks. */
const DATABASES = "/etc/backup/databases";
const STORE = "/etc/backup/store";

export interface BackupSpec {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly resources: Resources;
  readonly labels: Labels;
  readonly bucket: string;
  readonly retentionSeconds: number;
  /** Secrets of the databases' owners, by database. */
  readonly databases: Readonly<Record<string, string>>;
}

/** One of the workloads: those who write backups and those who read them have keys of their own to the bucket. */
export interface BackupWorkload {
  /** Its name in the environment; flows go by it. */
  readonly workload: string;
  /** Secret with `endpoint`, `region`, `accessKey`, `secretKey` and `ca.crt`. */
  readonly storeSecret: string;
  /** What it does unless it is told otherwise. */
  readonly args: readonly string[];
}

/** Labels of everything that belongs to a workload. */
export const labelsOf = ({ labels }: Pick<BackupSpec, "labels">, { workload }: Pick<BackupWorkload, "workload">) =>
  objectLabels(labels, { name: workload, instance: workload }, "backup");

/** Pods that dump or restore. They log in as the owner of each database, never as a superuser, and keep nothing on a disk. */
export function backupPod(spec: BackupSpec, workload: BackupWorkload) {
  const databases = Object.entries(spec.databases).map(([database, secretName]) => ({
    volume: secretVolume(`database-${database.replaceAll("_", "-")}`, secretName),
    mountPath: `${DATABASES}/${database}`,
  }));
  const files = [...databases, { volume: secretVolume("store", workload.storeSecret), mountPath: STORE }];
  return {
    metadata: { labels: labelsOf(spec, workload) },
    spec: {
      ...restrictedPod(USER),
      restartPolicy: "Never",
      containers: [
        {
          ...restrictedContainer(),
          name: "backup",
          image: spec.image,
          args: [...workload.args],
          env: [
            { name: "BACKUP_BUCKET", value: spec.bucket },
            { name: "BACKUP_RETENTION_SECONDS", value: String(spec.retentionSeconds) },
          ],
          resources: resourceRequirements(spec.resources),
          volumeMounts: files.map(({ volume, mountPath }) => ({ name: volume.name, mountPath, readOnly: true })),
        },
      ],
      volumes: files.map(({ volume }) => volume),
    },
  } satisfies k8s.types.input.core.v1.PodTemplateSpec;
}

/** Seconds after its time in which a run may still begin, such as when the cluster was down. */
const LATE_SECONDS = 6 * 3600;
/** Seconds in which a run that hangs is ended. */
const LIMIT_SECONDS = 12 * 3600;

/** Runs at its times, one at a time. A run that fails is tried again twice; what is backed up already is then backed up anew. */
export function cronJobArgs(name: string, schedule: string, spec: BackupSpec, workload: BackupWorkload) {
  return {
    metadata: { name, namespace: spec.namespace, labels: labelsOf(spec, workload) },
    spec: {
      schedule,
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: LATE_SECONDS,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels: labelsOf(spec, workload) },
        spec: { backoffLimit: 2, activeDeadlineSeconds: LIMIT_SECONDS, template: backupPod(spec, workload) },
      },
    },
  } satisfies k8s.batch.v1.CronJobArgs;
}
