import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { bytes, milliseconds } from "../../environment/quantities";
import { pythonCommand } from "../python-command";
import type { PythonImage } from "../python-image";
import { type SetupSpec, setupJob } from "../setup-job";
import { type StatefulSpec, secretVolume, statefulSet } from "../stateful-set";
import { resourceRequirements, restrictedContainer } from "../workload";
import type { Bucket } from "./object-store";

export const PORT = 8333;
/** SigV4 wants a region; SeaweedFS takes any. */
export const REGION = "us-east-1";

/** uid and gid of the process; the image's files are readable to all. */
const USER = 1000;
const CONFIG = "/etc/seaweedfs"; // where `weed` looks for security.toml
const TLS = "/etc/seaweedfs-tls";
const DATA = "/data";
/** Where the setup Job finds its files. */
const SETUP_FILES = { wish: "/etc/object-store-setup", keys: "/etc/object-store-keys" } as const;
const DAY = 86_400_000;
const MEBIBYTE = 2 ** 20;

/**
 * Mutual TLS for every gRPC port: S3's own listens beside the S3 port, on all addresses, and can change identities. One certificate
 * serves all parts, since they are one process. https://github.com/seaweedfs/seaweedfs/wiki/Security-Configuration
 */
export function securityToml(): string {
  const parts = ["master", "volume", "filer", "s3", "client"];
  const sections = parts.map((part) => `[grpc.${part}]\ncert = "${TLS}/tls.crt"\nkey = "${TLS}/tls.key"\n`);
  return [`[grpc]\nca = "${TLS}/ca.crt"\n`, ...sections].join("\n");
}

/**
 * Most MiB of one of the volumes that SeaweedFS cuts its disk into: a hundredth of it, since each bucket takes volumes of its own,
 * between 64 MiB and SeaweedFS's own 30,000 MiB.
 */
export function volumeSizeLimit(storage: string): number {
  return Math.min(30_000, Math.max(64, Math.floor(bytes(storage) / MEBIBYTE / 100)));
}

/** What the setup Job makes true. Buckets that are not here are left alone, with what they hold. */
export function setupWish(buckets: Readonly<Record<string, Bucket>>) {
  return {
    region: REGION,
    port: PORT,
    buckets: Object.fromEntries(
      Object.entries(buckets).map(([name, { versioning = false, expiry = "forever" }]) => [
        name,
        { versioning, expiryDays: expiry === "forever" ? null : Math.ceil(milliseconds(expiry) / DAY) },
      ]),
    ),
  };
}

export interface StoreSpec extends StatefulSpec {
  /** Secret with `identities.json` and `security.toml`. */
  readonly configSecret: pulumi.Input<string>;
}

/** One process with master, volume server, filer and S3. Only S3 is reachable from outside the pod: the others know no login. */
export function statefulSetArgs(name: string, spec: StoreSpec) {
  return statefulSet(spec, {
    identity: { name: "object-store", instance: name },
    serviceName: name,
    replicas: 1,
    user: USER,
    pod: {
      containers: [storeContainer(spec)],
      volumes: [
        secretVolume("config", spec.configSecret),
        secretVolume("tls", spec.tlsSecret),
        { name: "tmp", emptyDir: {} },
      ],
    },
  });
}

function storeContainer(spec: StoreSpec): k8s.types.input.core.v1.Container {
  const alive = { httpGet: { path: "/healthz", port: "s3", scheme: "HTTPS" } };
  // Reads the root of the filer, which asks the master: /healthz knows of neither.
  const listRoot = "echo fs.ls / | weed shell -master=127.0.0.1:9333 -filer=127.0.0.1:8888 | grep -q buckets";
  return {
    ...restrictedContainer(),
    name: "seaweedfs",
    image: spec.image,
    command: [
      "weed",
      "-logtostderr=true",
      "server",
      `-dir=${DATA}`,
      "-ip=127.0.0.1",
      "-ip.bind=127.0.0.1",
      "-master.telemetry=false",
      `-master.volumeSizeLimitMB=${volumeSizeLimit(spec.storage.size)}`,
      "-volume.max=0", // as many as the disk holds
      "-filer",
      "-s3",
      "-s3.ip.bind=0.0.0.0",
      `-s3.port=${PORT}`,
      `-s3.config=${CONFIG}/identities.json`,
      `-s3.cert.file=${TLS}/tls.crt`,
      `-s3.key.file=${TLS}/tls.key`,
      "-s3.iam=false",
      "-s3.port.iceberg=0",
      "-s3.port.lance=0",
    ],
    env: [
      { name: "GOMEMLIMIT", value: `${Math.floor((bytes(spec.resources.memory) / MEBIBYTE) * 0.9)}MiB` },
      { name: "HOME", value: "/tmp" },
      // One volume at a time for a bucket that needs space; seven, the default, would soon fill a small disk's hundred.
      { name: "WEED_MASTER_VOLUME_GROWTH_COPY_1", value: "1" },
    ],
    ports: [{ name: "s3", containerPort: PORT }],
    startupProbe: { ...alive, periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...alive, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: { exec: { command: ["sh", "-c", listRoot] }, periodSeconds: 15, timeoutSeconds: 8 },
    resources: resourceRequirements(spec.resources),
    volumeMounts: [
      { name: "config", mountPath: CONFIG, readOnly: true },
      { name: "tls", mountPath: TLS, readOnly: true },
      { name: "data", mountPath: DATA },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

export interface StoreSetupSpec extends SetupSpec, PythonImage {
  readonly configMap: pulumi.Input<string>;
  /** Secret with `accessKey`, `secretKey` and `ca.crt` of the one that may make buckets. */
  readonly adminSecret: pulumi.Input<string>;
}

/** The Job that makes the buckets. */
export function setupJobArgs(spec: StoreSetupSpec) {
  return setupJob(spec, {
    user: spec.user,
    container: {
      command: pythonCommand("object-store/setup_buckets.py", `${SETUP_FILES.wish}/wish.json`, SETUP_FILES.keys),
    },
    memory: "64Mi",
    files: {
      [SETUP_FILES.wish]: { name: "wish", configMap: { name: spec.configMap } },
      [SETUP_FILES.keys]: secretVolume("keys", spec.adminSecret),
    },
  });
}
