import { z } from "zod";
import { airflow } from "./airflow";
import { backups } from "./backups";
import { doors } from "./doors";
import { hosts } from "./hosts";
import { kafka } from "./kafka";
import { mongodb } from "./mongodb";
import { monitoring } from "./monitoring";
import { objectStore } from "./object-store";
import { postgres } from "./postgres";
import { realm } from "./realm";
import { replicated, resources } from "./resources";
import { services } from "./services";
import { spark } from "./spark";
import { valkey } from "./valkey";
import { flow, workloads } from "./workloads";

/** What the platform has, whatever the target. */
export const definitionSchema = z.strictObject({
  /** Which services are built, unless the target says otherwise. */
  services,
  /** Everything that runs as pods. */
  workloads,
  /** Connections that nothing else implies. */
  flows: z.array(flow),
  /** Names that people open, under the target's domain. */
  hosts,
  /** Ways in for programs that speak no HTTP. */
  doors,
  /** PostgreSQL. */
  postgres,
  /** Kafka. */
  kafka,
  /** Valkey. */
  valkey,
  /** The object store. */
  objectStore,
  /** The document store. */
  mongodb,
  /** Size of one job of the pipelines. */
  pipelines: z.strictObject({ resources }),
  /** Who may log in and do what. */
  realm,
  /** Pods of Keycloak. */
  keycloak: replicated,
  /** Pods of the gateway. */
  gateway: replicated,
  /** Airflow. */
  airflow,
  /** Spark. */
  spark,
  /** Metrics. */
  monitoring,
  /** Backups. */
  backups,
});

/** What `environment/definition.ts` is written as: defaults may be left out. */
export type DefinitionInput = z.input<typeof definitionSchema>;
/** The definition with its defaults. */
export type Definition = z.output<typeof definitionSchema>;
