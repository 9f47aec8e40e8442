import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { parseBytes, parseMillicores } from "../../environment/quantities";
import { secretVolume } from "../stateful-set";
import { javaOptions, type Resources } from "../workload";

type EnvVar = k8s.types.input.core.v1.EnvVar;
type Volume = k8s.types.input.core.v1.Volume;

/** uid and gid in images/spark, as upstream's image has them. */
export const USER = 185;

/** Folder with a folder for each service, which holds the files of its Secret. */
export const SECRETS = "/etc/platform";

/** Folder of the authorities that every virtual machine of a pod trusts; `spark-start` reads it. */
const AUTHORITIES = "/etc/authorities";

/** Where the object store is: Secret with `endpoint`, `region`, `accessKey`, `secretKey` and `ca.crt`. */
export function storeVariables(secret: pulumi.Input<string>): EnvVar[] {
  const keys = { AWS_ENDPOINT_URL: "endpoint", AWS_REGION: "region" };
  return Object.entries(keys).map(([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } }));
}

/** Where the object store's key is, in files: Spark tells settings and variables to whoever gets it to. */
const STORE_KEY = `${SECRETS}/object-store`;

/** How the key is mounted of which `STORE_SETTINGS` tell. */
export function storeKey(secret: pulumi.Input<string>) {
  return {
    mount: { name: "store-key", mountPath: STORE_KEY, readOnly: true },
    volume: secretVolume("store-key", secret),
  };
}

/** How Hadoop reaches the object store, by the variables above and `storeKey`; https://hadoop.apache.org/docs/r3.4.1/hadoop-aws/ */
export const STORE_SETTINGS: Readonly<Record<string, string>> = {
  // By itself Spark takes the variable only where a key is beside it (SparkHadoopUtil.appendS3CredentialsFromEnvironment).
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Hadoop puts the variable in.
  "spark.hadoop.fs.s3a.endpoint": "${env.AWS_ENDPOINT_URL}",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Hadoop puts the variable in.
  "spark.hadoop.fs.s3a.endpoint.region": "${env.AWS_REGION}",
  "spark.hadoop.fs.s3a.path.style.access": "true",
  "spark.hadoop.fs.s3a.aws.credentials.provider": "platform.spark.StoreKey",
  "spark.hadoop.platform.store.folder": STORE_KEY,
};

/** Where event logs are. The bucket's root: a folder in it would have to be made first. */
export const eventFolder = (bucket: string) => `s3a://${bucket}/`;

/** Certificates from the `ca.crt` of several Secrets in one folder, how it is mounted, and what tells `spark-start` of it. */
export function authorities(secrets: Readonly<Record<string, pulumi.Input<string>>>) {
  const sources = Object.entries(secrets).map(([service, name]) => ({
    secret: { name, items: [{ key: "ca.crt", path: `${service}.crt` }] },
  }));
  return {
    env: { name: "PLATFORM_AUTHORITIES", value: AUTHORITIES },
    mount: { name: "authorities", mountPath: AUTHORITIES, readOnly: true },
    volume: { name: "authorities", projected: { sources } } satisfies Volume,
  };
}

/** Part of a container's memory that is the heap; the rest is for Python, threads, code and buffers outside of it. */
const HEAP = 0.6;

/** How the memory of a container is divided, in MiB. The quantity was checked before. */
export function divideMemory({ memory }: Pick<Resources, "memory">): { heap: number; rest: number } {
  const total = Math.floor((parseBytes(memory) ?? 0) / 2 ** 20);
  const heap = Math.floor(total * HEAP);
  return { heap, rest: total - heap };
}

/** The setting that tells a virtual machine of that size its options; none where there is nothing to tell. */
export function javaSetting(setting: string, resources: Resources): Record<string, string> {
  const options = javaOptions(resources);
  return options.length === 0 ? {} : { [setting]: options.join(" ") };
}

/** Tasks that run at a time: the cores that may be used, at least one. */
export function coresOf({ cpu, cpuLimit = cpu }: Resources): number {
  return Math.max(1, Math.ceil((parseMillicores(cpuLimit) ?? 0) / 1000));
}

/** A file of Java properties. Values hold nothing that would have to be escaped. */
export function properties(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
