import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type StatefulSpec, secretVolume, statefulSet } from "../stateful-set";
import { resourceRequirements, restrictedContainer } from "../workload";
import { FILES, OWN_USERS, PORT } from "./config";

/** uid and gid of the process; the image's files are readable to all. */
const USER = 1000;

export interface BrokerSpec extends StatefulSpec {
  readonly replicas: number;
  /** Secret with `valkey-N.conf` of each server, `users.acl` and `probe-password`. */
  readonly configSecret: pulumi.Input<string>;
}

/** The servers: the first is the primary. */
export function statefulSetArgs(name: string, spec: BrokerSpec) {
  return statefulSet(spec, {
    identity: { name: "valkey", instance: name },
    serviceName: `${name}-nodes`,
    replicas: spec.replicas,
    user: USER,
    pod: {
      containers: [serverContainer(spec)],
      volumes: [secretVolume("config", spec.configSecret), secretVolume("tls", spec.tlsSecret)],
    },
  });
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
