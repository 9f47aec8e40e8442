import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Labels, objectLabels } from "../labels";
import { hash, physicalName } from "../names";
import { type Resources, resourceRequirements, restrictedContainer, restrictedPod } from "../workload";

export interface PipelineSpec {
  /** The workload's name in the environment; flows and credentials go by it. */
  readonly workload: string;
  readonly image: pulumi.Input<string>;
  /** Numeric uid and gid of the image's user. */
  readonly user: number;
  /** Arguments of `python3 -m flights`. */
  readonly args: readonly string[];
  /** Secret with `bootstrap`, `username`, `password` and `ca.crt`. */
  readonly kafkaSecret: string;
  /** Secret with `host`, `port`, `database`, `username`, `password` and `ca.crt`; undefined: the step does not use PostgreSQL. */
  readonly postgresSecret: string | undefined;
  readonly resources: Resources;
  readonly labels: Labels;
}

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

const KAFKA_CA = "/etc/kafka-ca";
const POSTGRES_CA = "/etc/postgres-ca";

const fromSecret = (secret: string, keys: Readonly<Record<string, string>>): EnvVar[] =>
  Object.entries(keys).map(([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } }));

/** Labels of everything that a step consists of. */
export function pipelineLabels({ labels, workload }: Pick<PipelineSpec, "labels" | "workload">): Labels {
  return objectLabels(labels, { name: workload, instance: workload }, "pipeline");
}

/** The pods of a pipeline step. Credentials and addresses come from Secrets, so none of them is in here. */
export function pipelinePod(spec: PipelineSpec) {
  const certificates = [
    { name: "kafka-ca", secret: spec.kafkaSecret, mountPath: KAFKA_CA },
    ...(spec.postgresSecret === undefined
      ? []
      : [{ name: "postgres-ca", secret: spec.postgresSecret, mountPath: POSTGRES_CA }]),
  ];
  return {
    metadata: { labels: pipelineLabels(spec) },
    spec: {
      ...restrictedPod(spec.user),
      restartPolicy: "OnFailure",
      containers: [
        {
          ...restrictedContainer(),
          name: "pipeline",
          image: spec.image,
          command: ["python3", "-m", "flights"],
          args: [...spec.args],
          env: [
            ...fromSecret(spec.kafkaSecret, {
              KAFKA_BOOTSTRAP: "bootstrap",
              KAFKA_USERNAME: "username",
              KAFKA_PASSWORD: "password",
            }),
            { name: "KAFKA_CA", value: `${KAFKA_CA}/ca.crt` },
            ...(spec.postgresSecret === undefined ? [] : postgresVariables(spec.postgresSecret)),
          ],
          resources: resourceRequirements(spec.resources),
          volumeMounts: certificates.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
        },
      ],
      volumes: certificates.map(({ name, secret }) => ({
        name,
        secret: { secretName: secret, items: [{ key: "ca.crt", path: "ca.crt" }] },
      })),
    },
  } satisfies k8s.types.input.core.v1.PodTemplateSpec;
}

/** libpq's variables: https://www.postgresql.org/docs/17/libpq-envars.html */
function postgresVariables(secret: string): EnvVar[] {
  return [
    ...fromSecret(secret, {
      PGHOST: "host",
      PGPORT: "port",
      PGDATABASE: "database",
      PGUSER: "username",
      PGPASSWORD: "password",
    }),
    { name: "PGSSLMODE", value: "verify-full" },
    { name: "PGSSLROOTCERT", value: `${POSTGRES_CA}/ca.crt` },
  ];
}

/** Name of the Job that runs such pods: another one as soon as anything about them, so data or code in the image, is another. */
export function pipelineJobName(workload: string, pod: unknown): string {
  return physicalName("job", workload, hash(JSON.stringify(pod), 8));
}
