import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Labels, objectLabels } from "./labels";
import { pythonCommand } from "./python-command";
import type { PythonImage } from "./python-image";
import { runOnce } from "./run-once";
import { resourceRequirements, restrictedContainer, restrictedPod } from "./workload";

/** A custom resource by which an operator is tried: posted as a dry run and never stored. */
export interface Probe {
  readonly apiVersion: string;
  readonly kind: string;
  /** Plural name, as in a role. */
  readonly resource: string;
  /** Smallest one that the operator accepts. */
  readonly spec: object;
}

export interface GateArgs extends PythonImage {
  /** The operator, such as `cloudnative-pg`; the pod's workload is this with `-gate`. */
  readonly operator: string;
  readonly probe: Probe;
  /** Path of the API server that must answer too, such as that of an API which the operator serves. @default none */
  readonly alsoAnswers?: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: Labels;
  /** Changes with whatever must pass the gate again; part of the Job's name. */
  readonly version: pulumi.Input<string>;
}

/** Seconds that the operator may take to answer after its Deployment is ready. */
const LIMIT = 180;

/** A Job that ends when the operator accepts a dry run, with a service account that may do that and nothing else. */
export function buildGate(name: string, args: GateArgs, opts: pulumi.CustomResourceOptions): k8s.batch.v1.Job {
  const { namespace, probe } = args;
  const account = `${name}-gate`;
  const labels = objectLabels(args.labels, { name: `${args.operator}-gate`, instance: account }, "gate");
  const metadata = { name: account, namespace, labels };
  const serviceAccount = new k8s.core.v1.ServiceAccount(
    account,
    { metadata, automountServiceAccountToken: false },
    opts,
  );
  const [group = ""] = probe.apiVersion.split("/");
  const role = new k8s.rbac.v1.Role(
    account,
    { metadata, rules: [{ apiGroups: [group], resources: [probe.resource], verbs: ["create"] }] },
    opts,
  );
  const binding = new k8s.rbac.v1.RoleBinding(
    account,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: serviceAccount.metadata.name, namespace }],
    },
    opts,
  );
  const { apiVersion, kind, resource, spec } = probe;
  const env = {
    PROBE: JSON.stringify({ apiVersion, kind, metadata: { name: "gate" }, spec }),
    RESOURCE: resource,
    ...(args.alsoAnswers === undefined ? {} : { ALSO: args.alsoAnswers }),
  };
  return runOnce(
    account,
    {
      metadata: { ...metadata, name: pulumi.interpolate`${account}-${args.version}` },
      spec: {
        backoffLimit: 2,
        template: {
          metadata: { labels },
          spec: {
            ...restrictedPod(args.user),
            automountServiceAccountToken: true,
            serviceAccountName: serviceAccount.metadata.name,
            restartPolicy: "Never",
            containers: [
              {
                ...restrictedContainer(),
                name: "gate",
                image: args.image,
                command: pythonCommand("operator_gate.py", String(LIMIT)),
                env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
                resources: resourceRequirements({ cpu: "50m", memory: "64Mi" }),
              },
            ],
          },
        },
      },
    },
    { ...opts, dependsOn: [binding, ...([opts.dependsOn ?? []].flat() as pulumi.Resource[])] },
  );
}
