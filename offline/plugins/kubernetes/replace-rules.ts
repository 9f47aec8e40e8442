import type { Step } from "../base/diff";
import { type Kind, kindKey } from "./kind";

/** Fields that cannot be changed in place, by kind; `*` is any index.
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go */
const immutable: Readonly<Record<string, readonly string[]>> = {
  "apps/v1/DaemonSet": ["spec.selector"],
  "apps/v1/Deployment": ["spec.selector"],
  "apps/v1/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolume": [
    ...["awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker"],
    ...[
      "gcePersistentDisk",
      "glusterfs",
      "hostPath",
      "iscsi",
      "local",
      "nfs",
      "photonPersistentDisk",
      "portworxVolume",
    ],
    ...["quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"],
  ].map((source) => `spec.${source}`),
  "v1/PersistentVolumeClaim": ["accessModes", "selector", "storageClassName", "volumeName"].map(
    (field) => `spec.${field}`,
  ),
  "v1/Pod": [
    ...["affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases"],
    ...["hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName", "nodeSelector", "overhead"],
    ...["preemptionPolicy", "priority", "priorityClassName", "readinessGates", "restartPolicy", "runtimeClassName"],
    ...["schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace"],
    ...["subdomain", "terminationGracePeriodSeconds", "volumes", "containers.*", "initContainers.*"],
  ].map((field) => `spec.${field}`),
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Secret": ["type"],
  "v1/Service": ["spec.clusterIP"],
};

/** What decides whether the data of ConfigMaps and Secrets may be changed in place. */
export interface Mutability {
  readonly configMapMutable: boolean;
  readonly secretMutable: boolean;
  /** The object itself says `immutable: true`. */
  readonly immutable: boolean;
}

/** The rules of one kind, as paths whose change asks for a replacement. */
export function replaceRules(kind: Kind, mutability: Mutability): readonly string[] {
  const key = kindKey(kind);
  const data =
    key === "v1/ConfigMap" && (!mutability.configMapMutable || mutability.immutable)
      ? ["data", "binaryData"]
      : key === "v1/Secret" && (!mutability.secretMutable || mutability.immutable)
        ? ["data", "stringData"]
        : [];
  return ["metadata.name", "metadata.namespace", "metadata.generateName", ...(immutable[key] ?? []), ...data];
}

/** True if a change at `path` touches what a rule names, inside it or around it. */
export function asksForReplacement(path: readonly Step[], rules: readonly string[]): boolean {
  return rules.some((rule) => {
    const steps = rule.split(".");
    return path.slice(0, steps.length).every((step, index) => steps[index] === "*" || steps[index] === String(step));
  });
}
