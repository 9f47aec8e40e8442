import type * as pulumi from "@pulumi/pulumi";
import type { CredentialsTarget } from "../components/credentials";
import type { DocumentStore } from "../components/document-store";
import type { KafkaClusterArgs } from "../components/kafka-cluster";
import type { Labels } from "../components/labels";
import type { ObjectStore } from "../components/object-store";
import type { Exposure } from "../components/platform-gateway";
import type { DatabaseReader } from "../components/postgres-database";
import type { PythonImage } from "../components/python-image";
import type { ValkeyBroker } from "../components/valkey-broker";
import type { Images } from "./images";
import type { KubernetesCluster } from "./kubernetes-cluster";
import type { Namespaces } from "./namespaces";
import type { Operators } from "./operators";

/** A database with its own role for one owner. */
export interface DatabaseSpec {
  readonly database: string;
  readonly connectionLimit: number;
  /** Extensions made in it. */
  readonly extensions: readonly string[];
  /** Secrets for the applications, with `host`, `port`, `database`, `username`, `password`, `ca.crt`. */
  readonly credentialsIn: readonly CredentialsTarget[];
  /** Further roles that are let into it, by name. */
  readonly readers: Readonly<Record<string, DatabaseReader>>;
}

/** Makes databases, whatever serves them. */
export interface PostgresService {
  /** What brings namespaces of its own along. */
  readonly resources: readonly pulumi.Resource[];
  /** Certificate of the authority that signed the server's, PEM. */
  readonly caCertificate: pulumi.Output<string>;
  /** What an application waits for before it uses the database. */
  database(spec: DatabaseSpec): pulumi.Resource;
}

/** Makes the document store, whatever serves it. */
export interface DocumentService {
  build(on: {
    /** Of PostgreSQL, by name: it may keep its documents in one. */
    readonly databases: readonly (readonly [string, pulumi.Resource])[];
    /** Of who makes users. */
    readonly adminPassword: pulumi.Input<string>;
  }): DocumentStore;
}

/** What services that run in the cluster are built with. */
export interface Base {
  readonly kubernetes: KubernetesCluster;
  /** What components are given: a provider of each package that they use. */
  readonly providers: pulumi.ProviderResource[];
  readonly namespaces: Namespaces;
  readonly images: Images;
  readonly operators: Operators;
  /** Labels of every object of the stack. */
  readonly labels: Labels;
  /** Image that scripts of ours run in. */
  readonly python: PythonImage;
}

/**
 * What a target gives to everything that stands on it. Services that are switched off are missing; the environment's own
 * checks have made sure that nobody asks for them.
 */
export interface Foundation extends Base {
  readonly postgres?: PostgresService;
  readonly broker?: Pick<ValkeyBroker, "host" | "ready">;
  readonly objectStore?: Pick<ObjectStore, "endpoint" | "caCertificate" | "ready">;
  readonly documents?: DocumentService;
  /** How people outside of the cluster reach the gateway. */
  readonly gatewayExposure: Exposure;
  /** What runs Kafka's brokers. */
  readonly kafkaEngine: KafkaClusterArgs["engine"];
}
