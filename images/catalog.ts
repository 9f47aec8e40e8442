import { createHash } from "node:crypto";
import versions from "../versions.json";

export interface Image {
  /** First part of the tag: the version of what the image is about. */
  readonly version: string;
  /** Build arguments; all of them versions. @default none */
  readonly args?: Readonly<Record<string, string>>;
  /** Files and folders of the repository that the build sees besides images/NAME, under the same paths. @default none */
  readonly sources?: readonly string[];
  /** Program of offline/go that the build sees. @default none */
  readonly program?: string;
  /** What upstream publishes that can stand in its place. @default none: the image is always our own */
  readonly upstream?: string;
}

export type ImageName = (typeof NAMES)[number];

const NAMES = [
  "pause",
  "coredns",
  "local-path-provisioner",
  "cloudnative-pg",
  "envoy-gateway",
  "envoy",
  "keda",
  "keda-metrics-apiserver",
  "ferretdb",
  "backup",
  "airflow",
  "kafka",
  "keycloak",
  "pipelines",
  "postgres",
  "seaweedfs",
  "spark",
  "statsd-exporter",
  "valkey",
] as const;

/** Every image of the platform. The order is that of building: what the one-node cluster needs first, then the slow ones. */
export const IMAGES: Readonly<Record<ImageName, Image>> = {
  pause: { version: versions.kubernetes },
  coredns: { version: versions.coredns, program: "coredns" },
  "local-path-provisioner": { version: versions["local-path-provisioner"], program: "local-path-provisioner" },
  "cloudnative-pg": {
    version: versions["cloudnative-pg"],
    program: "manager",
    upstream: `ghcr.io/cloudnative-pg/cloudnative-pg:${versions["cloudnative-pg"]}`,
  },
  "envoy-gateway": {
    version: versions["envoy-gateway"],
    program: "envoy-gateway",
    upstream: `docker.io/envoyproxy/gateway:v${versions["envoy-gateway"]}`,
  },
  envoy: {
    version: versions.envoy,
    args: { ENVOY_VERSION: versions.envoy },
    upstream: `docker.io/envoyproxy/envoy:distroless-v${versions.envoy}`,
  },
  keda: { version: versions.keda, program: "keda-operator", upstream: `ghcr.io/kedacore/keda:${versions.keda}` },
  "keda-metrics-apiserver": {
    version: versions.keda,
    program: "keda-adapter",
    upstream: `ghcr.io/kedacore/keda-metrics-apiserver:${versions.keda}`,
  },
  ferretdb: {
    version: versions.ferretdb,
    program: "ferretdb",
    upstream: `ghcr.io/ferretdb/ferretdb:${versions.ferretdb}`,
  },
  backup: { version: versions.postgres, args: { POSTGRES_VERSION: versions.postgres } },
  airflow: { version: versions.airflow },
  kafka: {
    version: versions.kafka,
    args: {
      KAFKA_VERSION: versions.kafka,
      LOG4J_VERSION: versions.log4j,
      MAVEN_DEPENDENCY_PLUGIN_VERSION: versions["maven-dependency-plugin"],
    },
  },
  // quay.io/keycloak/keycloak cannot stand in: it is not built for a database yet, which a read-only root file system cannot
  // do at the start, and has no Python for the program that applies the realm.
  keycloak: {
    version: versions.keycloak,
    args: {
      KEYCLOAK_VERSION: versions.keycloak,
      MAVEN_DEPENDENCY_PLUGIN_VERSION: versions["maven-dependency-plugin"],
    },
  },
  pipelines: {
    version: versions.pipelines,
    sources: ["pipelines/flights", "pipelines/requirements.txt", "pipelines/requirements-data.txt"],
  },
  postgres: {
    version: versions.postgres,
    args: { POSTGRES_VERSION: versions.postgres },
    upstream: `ghcr.io/cloudnative-pg/postgresql:${versions.postgres}-minimal-${versions.debian}`,
  },
  seaweedfs: {
    version: versions.seaweedfs,
    args: { SEAWEEDFS_VERSION: versions.seaweedfs },
    upstream: `docker.io/chrislusf/seaweedfs:${versions.seaweedfs}`,
  },
  // docker.io/apache/spark cannot stand in: it has neither the connectors nor the operator, and no jobs.
  spark: {
    version: versions.spark,
    program: "spark-operator",
    sources: ["pipelines/flights/schemas", "pipelines/warehouse", "pipelines/requirements-data.txt"],
    args: {
      SPARK_VERSION: versions.spark,
      POSTGRESQL_JDBC_VERSION: versions["postgresql-jdbc"],
      MONGO_SPARK_VERSION: versions["mongo-spark"],
      MAVEN_DEPENDENCY_PLUGIN_VERSION: versions["maven-dependency-plugin"],
    },
  },
  "statsd-exporter": {
    version: versions["statsd-exporter"],
    program: "statsd_exporter",
    upstream: `docker.io/prom/statsd-exporter:v${versions["statsd-exporter"]}`,
  },
  valkey: { version: versions.valkey, upstream: `docker.io/valkey/valkey:${versions.valkey}` },
};

/** Names of all images, in the order of building. */
export const IMAGE_NAMES: readonly ImageName[] = NAMES;

/** What the one-node cluster itself runs; nobody else needs it. */
export const NODE_IMAGES = ["pause", "coredns", "local-path-provisioner"] as const satisfies readonly ImageName[];

/** A file that an image is made from. */
export interface InputFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly executable: boolean;
  readonly content: Buffer;
}

/** The reference of an image that is built here; it changes with every input. The order of the files does not matter. */
export function ownReference(name: ImageName, files: readonly InputFile[]): string {
  const image = IMAGES[name];
  const hash = createHash("sha256").update(JSON.stringify([versions.debian, image.version, image.args ?? {}]));
  for (const { path, executable, content } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(`\0${path}\0${executable}\0${content.length}\0`).update(content);
  return `localhost/platform/${name}:${image.version}-${hash.digest("hex").slice(0, 12)}`;
}
