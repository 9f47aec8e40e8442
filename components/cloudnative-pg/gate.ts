import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Labels, objectLabels } from "../labels";
import type { PythonImage } from "../python-image";
import { runOnce } from "../run-once";
import { resourceRequirements, restrictedContainer, restrictedPod } from "../workload";

export interface GateArgs extends PythonImage {
  readonly namespace: string;
  readonly labels: Labels;
  /** Changes with whatever must pass the gate again; part of the Job's name. */
  readonly version: pulumi.Input<string>;
}

/** Smallest Cluster that the webhook accepts; it is never stored. */
const PROBE = {
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { name: "gate" },
  spec: { instances: 1, storage: { size: "1Gi" } },
};

/** Seconds that the webhook may take to answer after its Deployment is ready. */
const LIMIT = 180;

/** Posts the object as a dry run until the API server, and so the webhook behind it, accepts it. */
const SCRIPT = `
import os, ssl, sys, time, urllib.error, urllib.request
account = "/var/run/secrets/kubernetes.io/serviceaccount/"
read = lambda name: open(account + name).read()
host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
host = f"[{host}]" if ":" in host else host
path = f"apis/postgresql.cnpg.io/v1/namespaces/{read('namespace')}/clusters?dryRun=All"
trust = ssl.create_default_context(cafile=account + "ca.crt")
end = time.monotonic() + ${LIMIT}
while True:
    request = urllib.request.Request(f"https://{host}:{port}/{path}", os.environ["PROBE"].encode(),
        {"Authorization": "Bearer " + read("token"), "Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request, context=trust, timeout=15).close()
        sys.exit()
    except urllib.error.HTTPError as error:
        problem = error.read().decode(errors="replace")
    except OSError as error:
        problem = str(error)
    if time.monotonic() > end:
        sys.exit("CloudNativePG's webhook refuses or does not answer: " + problem)
    print(problem, flush=True)
    time.sleep(1)
`.trim();

/** A Job that ends when the operator's webhook accepts a dry run, with a service account that may do that and nothing else. */
export function buildGate(name: string, args: GateArgs, opts: pulumi.CustomResourceOptions): k8s.batch.v1.Job {
  const account = `${name}-gate`;
  const labels = objectLabels(args.labels, { name: "cloudnative-pg-gate", instance: account }, "gate");
  const metadata = { name: account, namespace: args.namespace, labels };
  const serviceAccount = new k8s.core.v1.ServiceAccount(
    account,
    { metadata, automountServiceAccountToken: false },
    opts,
  );
  const role = new k8s.rbac.v1.Role(
    account,
    { metadata, rules: [{ apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"], verbs: ["create"] }] },
    opts,
  );
  const binding = new k8s.rbac.v1.RoleBinding(
    account,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: serviceAccount.metadata.name, namespace: args.namespace }],
    },
    opts,
  );
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
                command: ["python3", "-c", SCRIPT],
                env: [{ name: "PROBE", value: JSON.stringify(PROBE) }],
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
