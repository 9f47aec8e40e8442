import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Labels, selectorLabels } from "../labels";
import { type Resources, resourceRequirements, restrictedContainer, restrictedPod } from "../workload";
import { USER } from "./settings";

/** Name of the operator, its service account and its workload in the environment. */
export const OPERATOR = "spark-operator";

const HEALTH = 8081;

/** Jobs that are submitted at a time: each is a virtual machine for some seconds. */
const THREADS = 2;
const SUBMIT_HEAP = "192m";

export interface OperatorSpec {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Labels;
  readonly image: pulumi.Input<string>;
  readonly resources: Resources;
  /** Namespaces of the jobs, joined by commas. */
  readonly watched: pulumi.Input<string>;
}

/** Submits jobs and follows them. Flags: https://github.com/kubeflow/spark-operator/blob/v2.5.2/cmd/operator/controller/start.go */
export function operatorDeployment({ namespace, labels, image, resources, watched }: OperatorSpec) {
  const probe = (path: string) => ({ httpGet: { path, port: HEALTH } });
  return {
    metadata: { name: OPERATOR, namespace, labels },
    spec: {
      replicas: 1,
      // Two at a time would submit a job twice.
      strategy: { type: "Recreate" },
      selector: { matchLabels: selectorLabels({ name: OPERATOR, instance: OPERATOR }) },
      template: {
        metadata: { labels },
        spec: {
          ...restrictedPod(USER),
          automountServiceAccountToken: true,
          serviceAccountName: OPERATOR,
          containers: [
            {
              ...restrictedContainer(),
              name: OPERATOR,
              image,
              command: ["spark-operator", "controller", "start"],
              args: [
                "--zap-log-level=info",
                "--zap-encoder=console",
                pulumi.interpolate`--namespaces=${watched}`,
                `--controller-threads=${THREADS}`,
                "--enable-ui-service=false",
                "--leader-election=false",
                `--health-probe-bind-address=:${HEALTH}`,
              ],
              env: [
                // It runs bin/spark-submit of that folder: see images/spark/submit.
                { name: "SPARK_HOME", value: "/opt/spark" },
                { name: "SPARK_SUBMIT_OPTS", value: `-Xmx${SUBMIT_HEAP} -XX:+UseSerialGC -XX:TieredStopAtLevel=1` },
              ],
              resources: resourceRequirements(resources),
              startupProbe: { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 120 },
              livenessProbe: { ...probe("/healthz"), periodSeconds: 20, timeoutSeconds: 5 },
              readinessProbe: { ...probe("/readyz"), periodSeconds: 5, timeoutSeconds: 5 },
              volumeMounts: [{ name: "scratch", mountPath: "/tmp" }],
            },
          ],
          volumes: [{ name: "scratch", emptyDir: {} }],
        },
      },
    },
  } satisfies k8s.apps.v1.DeploymentArgs;
}

const READ = ["get", "list", "watch"];
const GROUP = "sparkoperator.k8s.io";
const KINDS = ["sparkapplications", "scheduledsparkapplications", "sparkconnects"];

/** What the operator does in a namespace of jobs: the chart's rules, with `patch` because Spark 4 applies on the server's side. */
export const OPERATOR_RULES = [
  { apiGroups: [""], resources: ["pods"], verbs: [...READ, "create", "update", "patch", "delete"] },
  { apiGroups: [""], resources: ["configmaps", "services"], verbs: [...READ, "create", "update", "patch", "delete"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "update", "patch"] },
  { apiGroups: [GROUP], resources: KINDS, verbs: READ },
  { apiGroups: [GROUP], resources: ["sparkapplications"], verbs: ["create", "update", "patch", "delete"] },
  {
    apiGroups: [GROUP],
    resources: KINDS.flatMap((kind) => [`${kind}/status`, `${kind}/finalizers`]),
    verbs: ["update", "patch"],
  },
];

/** What a driver does: its executors, their settings and the name that they find it by. Nothing that holds a secret. */
export const DRIVER_RULES = [
  {
    apiGroups: [""],
    resources: ["pods", "configmaps", "services"],
    verbs: [...READ, "create", "update", "patch", "delete", "deletecollection"],
  },
];

/** What it takes to start jobs and to follow them. */
export const SUBMITTER_RULES = [
  { apiGroups: [GROUP], resources: ["sparkapplications"], verbs: [...READ, "create", "patch", "delete"] },
  { apiGroups: [GROUP], resources: ["sparkapplications/status", "scheduledsparkapplications"], verbs: READ },
  { apiGroups: [""], resources: ["pods", "pods/log", "events"], verbs: READ },
];
