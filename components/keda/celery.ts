import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../labels";
import { sqlLiteral } from "../sql";

/** Workers of one Celery queue of Airflow, and how they are scaled. */
export interface CeleryScaling {
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: Labels;
  /** Name of the StatefulSet that runs the workers. */
  readonly target: pulumi.Input<string>;
  readonly queue: string;
  /** Tasks that one worker runs at a time. */
  readonly concurrency: number;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  /** Name of the login, as given to `postgresAuthentication`. */
  readonly authentication: pulumi.Input<string>;
}

/** Seconds between two looks at the queue, and for how long it must be short before a worker goes (Airflow's chart: 5, 30). */
const POLL_SECONDS = 5;
const COOLDOWN_SECONDS = 30;

/** Workers that a queue needs now, by Airflow's own tables; for a role that may do no more than read `task_instance`. */
export function queueLengthSql(queue: string, concurrency: number): string {
  return `SELECT ceil(count(*)::decimal / ${concurrency}) FROM task_instance WHERE state IN ('running', 'queued') AND queue = ${sqlLiteral(queue)}`;
}

/** As many workers as the tasks that wait and run need: https://keda.sh/docs/2.20/reference/scaledobject-spec/ */
export function celeryScaledObject(spec: CeleryScaling) {
  const { name, namespace, labels, target, queue, concurrency, minWorkers, maxWorkers } = spec;
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: { name, namespace, labels },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "StatefulSet", name: target },
      pollingInterval: POLL_SECONDS,
      minReplicaCount: minWorkers,
      maxReplicaCount: maxWorkers,
      advanced: {
        // Workers go one at a time; each ends its tasks first, which the StatefulSet's grace period must leave it time for.
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleDown: {
              stabilizationWindowSeconds: COOLDOWN_SECONDS,
              policies: [{ type: "Pods", value: 1, periodSeconds: COOLDOWN_SECONDS }],
            },
          },
        },
      },
      triggers: [
        {
          type: "postgresql",
          // The server must prove itself by an authority that KEDA was told of.
          metadata: { query: queueLengthSql(queue, concurrency), targetQueryValue: "1", sslmode: "verify-full" },
          authenticationRef: { kind: LOGIN_KIND, name: spec.authentication },
        },
      ],
    },
  };
}

/** Logins are kept with KEDA, so that it need not read the Secrets of anybody whom it scales. */
const LOGIN_KIND = "ClusterTriggerAuthentication";

/** How triggers log in to PostgreSQL: by a Secret in KEDA's namespace with `host`, `port`, `database`, `username` and `password`. */
export function postgresAuthentication(name: string, labels: Labels, secret: pulumi.Input<string>) {
  const keys = { host: "host", port: "port", dbName: "database", userName: "username", password: "password" };
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: LOGIN_KIND,
    metadata: { name, labels },
    spec: {
      secretTargetRef: Object.entries(keys).map(([parameter, key]) => ({ parameter, name: secret, key })),
    },
  };
}
