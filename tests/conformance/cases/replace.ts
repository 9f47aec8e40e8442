import assert from "node:assert/strict";
import type { ConformanceCase, Json, Resource, World } from "../case";
import { configMap, deployment, mutable, podTemplate, resource, SKIP_AWAIT, secret, service } from "../objects";

type Make = (world: World) => Resource;

/** A case of two updates, the second of which must replace or update the one resource for the given path. */
function changed(
  what: string,
  op: "replace" | "update",
  path: string,
  first: Make,
  second: Make,
  more: Partial<ConformanceCase> = {},
): ConformanceCase {
  return {
    name: `${op}s when ${what}`,
    steps: [
      { run: "up", program: (w) => [first(w)], expect: {} },
      {
        run: "up",
        program: (w) => [second(w)],
        expect: {
          also: (seen) => {
            const [only] = Object.values(seen.resources);
            assert.equal(only?.op, op);
            assert.ok(only.diff.includes(path), `${path} is not in the diff: ${only.diff}`);
          },
        },
      },
    ],
    ...more,
  };
}

const unawaited = { metadata: { annotations: SKIP_AWAIT } };
const ofApp = (app: string) => (w: World) => deployment(w, { labels: { app } }, unawaited);

const job = (args: readonly string[]) => (w: World) =>
  resource(w, "job", {
    apiVersion: "batch/v1",
    kind: "Job",
    ...unawaited,
    spec: { suspend: true, template: podTemplate({ args, spec: { restartPolicy: "Never" } }) },
  });

const endlessJob = (w: World) => {
  const annotations = { ...SKIP_AWAIT, "pulumi.com/replaceUnready": "true" };
  const template = podTemplate({ spec: { restartPolicy: "Never" } });
  return resource(w, "job", { apiVersion: "batch/v1", kind: "Job", metadata: { annotations }, spec: { template } });
};

const claim = (storageClassName: string) => (w: World) =>
  resource(w, "claim", {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    ...unawaited,
    spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage: "1Mi" } } },
  });

const statefulSet = (storage: string) => (w: World) => {
  const claim = {
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
  };
  const template = podTemplate();
  return resource(w, "set", {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    ...unawaited,
    spec: {
      replicas: 0,
      serviceName: "set",
      selector: { matchLabels: template.metadata.labels },
      template,
      volumeClaimTemplates: [claim],
    },
  });
};

const binding = (name: string) => (w: World) =>
  resource(w, "binding", {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", name: "default", namespace: w.namespace }],
  });

const storageClass = (provisioner: string) => (w: World) => ({
  name: "class",
  manifest: { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: `${w.id}-class` }, provisioner },
});

const config =
  (data: Json, more = {}) =>
  (w: World) => {
    const made = configMap(w, data);
    return { ...made, manifest: { ...made.manifest, ...more } };
  };
const opaque =
  (stringData: Json, type = "Opaque") =>
  (w: World) =>
    secret(w, { stringData, type });
const ports = [{ port: 80 }];

/** What cannot be changed in place. */
export const replaceCases: readonly ConformanceCase[] = [
  changed("the selector of a Deployment changes", "replace", "spec.selector.matchLabels.app", ofApp("a"), ofApp("b")),
  changed(
    "the template of a Job changes",
    "replace",
    "spec.template.spec.containers[0].command[1]",
    job(["-P"]),
    job(["-V"]),
  ),
  {
    name: "replaces a Job under pulumi.com/replaceUnready that is not done",
    steps: [
      { run: "up", program: (w) => [endlessJob(w)], expect: {} },
      { run: "up", expect: { ops: { job: "replace" } } },
    ],
  },
  changed(
    "the volume claim templates of a StatefulSet change",
    "replace",
    "spec.volumeClaimTemplates[0].spec.resources.requests.storage",
    statefulSet("1Mi"),
    statefulSet("2Mi"),
  ),
  changed(
    "the cluster IP of a Service changes",
    "replace",
    "spec.clusterIP",
    (w) => service(w, { ports }, { annotations: SKIP_AWAIT }),
    (w) => service(w, { ports, clusterIP: "None" }, { annotations: SKIP_AWAIT }),
  ),
  changed("the storage class of a claim changes", "replace", "spec.storageClassName", claim("none-a"), claim("none-b")),
  changed("the role of a binding changes", "replace", "roleRef.name", binding("view"), binding("edit")),
  changed(
    "the provisioner of a storage class changes",
    "replace",
    "provisioner",
    storageClass("example.org/a"),
    storageClass("example.org/b"),
  ),
  changed(
    "the type of a Secret changes, mutable or not",
    "replace",
    "type",
    opaque({ username: "u", password: "p" }),
    opaque({ username: "u", password: "p" }, "kubernetes.io/basic-auth"),
    { provider: mutable },
  ),
  changed("data of a Secret change", "replace", "stringData.key", opaque({ key: "1" }), opaque({ key: "2" })),
  changed(
    "data of a Secret change under enableSecretMutable",
    "update",
    "stringData.key",
    opaque({ key: "1" }),
    opaque({ key: "2" }),
    { provider: mutable },
  ),
  changed("data of a ConfigMap change", "replace", "data.key", config({ key: "1" }), config({ key: "2" })),
  changed(
    "data of a ConfigMap change under enableConfigMapMutable",
    "update",
    "data.key",
    config({ key: "1" }),
    config({ key: "2" }),
    { provider: mutable },
  ),
  changed("the replicas of a Deployment change", "update", "spec.replicas", ofApp("a"), (w) =>
    deployment(w, { labels: { app: "a" } }, { ...unawaited, spec: { replicas: 2 } }),
  ),
];
