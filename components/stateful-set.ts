import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Identity, type Labels, selectorLabels } from "./labels";
import type { Storage } from "./storage";
import { type Resources, restrictedPod, spread } from "./workload";

/** What the stack and its component say about servers with a volume each. */
export interface StatefulSpec {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  /** The volume `data` of each pod. */
  readonly storage: Storage;
  readonly resources: Resources;
  readonly labels: Labels;
  /** Secret with `ca.crt`, `tls.crt` and `tls.key`. */
  readonly tlsSecret: pulumi.Input<string>;
  /** Hash of what the pods read; they are replaced one by one when it changes. */
  readonly checksum: pulumi.Input<string>;
  /** Keep the volumes when the StatefulSet is deleted. */
  readonly keepVolumes: boolean;
}

/** What makes one service's servers what they are. */
export interface Servers {
  readonly identity: Identity;
  /** Service that the pods' host names belong to. */
  readonly serviceName: string;
  readonly replicas: number;
  /** `Parallel`: all start at once. @default OrderedReady, as Kubernetes' own */
  readonly podManagementPolicy?: "Parallel";
  /** uid and gid of the process. */
  readonly user: number;
  readonly pod: {
    readonly containers: k8s.types.input.core.v1.Container[];
    /** @default none */
    readonly initContainers?: k8s.types.input.core.v1.Container[];
    readonly volumes: k8s.types.input.core.v1.Volume[];
    /** Seconds that a pod has to end by itself. @default 30, as Kubernetes' own */
    readonly terminationGracePeriodSeconds?: number;
  };
}

/** Restricted pods, each with a volume `data`, that are replaced when what they read changes. */
export function statefulSet(
  { namespace, labels, storage, checksum, keepVolumes }: StatefulSpec,
  { identity, user, pod, ...servers }: Servers,
) {
  const selector = selectorLabels(identity);
  return {
    metadata: { name: identity.instance, namespace, labels },
    spec: {
      ...servers,
      selector: { matchLabels: selector },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: keepVolumes ? "Retain" : "Delete", whenScaled: "Retain" },
      template: {
        metadata: { labels, annotations: { "platform.data/checksum": checksum } },
        spec: { ...restrictedPod(user), ...spread(servers.replicas, selector), ...pod },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data", labels: selector },
          spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: storage.size } },
            ...(storage.storageClass === undefined ? {} : { storageClassName: storage.storageClass }),
          },
        },
      ],
    },
  } satisfies k8s.apps.v1.StatefulSetArgs;
}

/** A volume with the files of a Secret, which the pod's group alone may read. */
export function secretVolume(name: string, secretName: pulumi.Input<string>) {
  return { name, secret: { secretName, defaultMode: 0o440 } } satisfies k8s.types.input.core.v1.Volume;
}
