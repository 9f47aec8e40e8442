import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Labels, selectorLabels } from "../labels";
import type { Storage } from "../storage";
import { type Resources, resourceRequirements, restrictedContainer, restrictedPod, spread } from "../workload";
import { FILES, OWN_USERS, PORT } from "./config";

/** uid and gid of the process; the image's files are readable to all. */
const USER = 1000;

export interface BrokerSpec {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly replicas: number;
  readonly storage: Storage;
  readonly resources: Resources;
  readonly labels: Labels;
  /** Secret with `valkey-N.conf` of each server, `users.acl` and `probe-password`. */
  readonly configSecret: pulumi.Input<string>;
  readonly tlsSecret: pulumi.Input<string>;
  /** Hash of what the pods read; they are replaced one by one when it changes. */
  readonly checksum: pulumi.Input<string>;
  /** Keep the volumes when the StatefulSet is deleted. */
  readonly keepVolumes: boolean;
}

/** The servers: the first is the primary. */
export function statefulSetArgs(name: string, spec: BrokerSpec) {
  const selector = selectorLabels({ name: "valkey", instance: name });
  return {
    metadata: { name, namespace: spec.namespace, labels: spec.labels },
    spec: {
      serviceName: `${name}-nodes`,
      replicas: spec.replicas,
      selector: { matchLabels: selector },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: spec.keepVolumes ? "Retain" : "Delete",
        whenScaled: "Retain",
      },
      template: {
        metadata: { labels: spec.labels, annotations: { "platform.data/checksum": spec.checksum } },
        spec: {
          ...restrictedPod(USER),
          ...spread(spec.replicas, selector),
          containers: [serverContainer(spec)],
          volumes: [
            { name: "config", secret: { secretName: spec.configSecret, defaultMode: 0o440 } },
            { name: "tls", secret: { secretName: spec.tlsSecret, defaultMode: 0o440 } },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data", labels: selector },
          spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: spec.storage.size } },
            ...(spec.storage.storageClass === undefined ? {} : { storageClassName: spec.storage.storageClass }),
          },
        },
      ],
    },
  } satisfies k8s.apps.v1.StatefulSetArgs;
}

function serverContainer(spec: BrokerSpec): k8s.types.input.core.v1.Container {
  const login = ["--user", OWN_USERS.probe]; // its password is in REDISCLI_AUTH
  const ping = ["valkey-cli", "-e", "-h", "localhost", "-p", String(PORT), "--tls", "--cacert", `${FILES.tls}/ca.crt`];
  return {
    ...restrictedContainer(),
    name: "valkey",
    image: spec.image,
    command: ["valkey-server", `${FILES.config}/valkey-$(INDEX).conf`],
    env: [
      { name: "INDEX", valueFrom: { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } } },
      {
        name: "REDISCLI_AUTH",
        valueFrom: { secretKeyRef: { name: spec.configSecret, key: "probe-password" } },
      },
    ],
    ports: [{ name: "valkey", containerPort: PORT }],
    // A long append-only file is read before the port answers anything but LOADING.
    startupProbe: { tcpSocket: { port: "valkey" }, periodSeconds: 1, failureThreshold: 300 },
    readinessProbe: { exec: { command: [...ping, ...login, "PING"] }, periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: { tcpSocket: { port: "valkey" }, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
    resources: resourceRequirements(spec.resources),
    volumeMounts: [
      { name: "config", mountPath: FILES.config, readOnly: true },
      { name: "tls", mountPath: FILES.tls, readOnly: true },
      { name: "data", mountPath: FILES.data },
    ],
  };
}
