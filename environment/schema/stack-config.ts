import { z } from "zod";
import { airflowOverride } from "./airflow";
import { awsShape } from "./aws";
import { backupsOverride } from "./backups";
import { kafkaOverride } from "./kafka";
import { mongodbOverride } from "./mongodb";
import { monitoringOverride } from "./monitoring";
import { objectStoreOverride } from "./object-store";
import { onpremShape } from "./onprem";
import { postgresOverride } from "./postgres";
import { realmOverride } from "./realm";
import { replicatedOverride, resourcesOverride } from "./resources";
import { services } from "./services";
import { sparkOverride } from "./spark";
import { valkeyOverride } from "./valkey";
import { dnsLabel, domainName, duration, formatted, port } from "./values";

/** Where a platform can stand. */
export const TARGETS = ["dev", "onprem", "aws"] as const;
/** See {@link TARGETS}. */
export type Target = (typeof TARGETS)[number];

/** A stack is built in this order; it may stop after the first. */
export const LAYERS = ["foundation", "platform"] as const;

/**
 * Settings that are secrets: encrypted in the stack's file, read by `config.requireSecret` where they are used, and never part
 * of the environment.
 */
export const SECRET_SETTINGS = ["proxmoxToken"] as const;

const common = {
  /** Domain of all host names. */
  domain: domainName,
  /** Port of the gateway. @default 443 */
  gatewayPort: port.default(443),
  /** Port where it sends people on to `gatewayPort`. @default 80 */
  gatewayHttpPort: port.default(80),
  /** Ports of the doors, by their names. @default those of their services */
  doorPorts: z.record(dnsLabel, port).default({}),
  /** What is built: `[foundation]` or `[foundation, platform]`. @default both */
  layers: z.array(z.enum(LAYERS)).default([...LAYERS]),
  /** Whether what holds data refuses to be destroyed. @default true, but false in dev */
  protect: z.boolean().optional(),
  /** How long to wait for the cluster's API server. @default "20m" */
  clusterTimeout: duration.default("20m"),
  /** `auto`: the stack installs the operators. `installed`: somebody else has. @default "auto" */
  operators: z.enum(["auto", "installed"]).default("auto"),
  /** Versions that lag behind `versions.json` here. */
  versions: z
    .strictObject({
      /** Kubernetes, as major.minor. */
      kubernetes: formatted("a version such as 1.36", /^1\.\d{2}$/),
      /** PostgreSQL, as major. */
      postgres: formatted("a major version such as 17", /^\d{2}$/),
    })
    .partial()
    .default({}),
  /** Services switched on or off here. */
  services: services.partial().optional(),
  /** Sizes that differ here. */
  postgres: postgresOverride.optional(),
  kafka: kafkaOverride.optional(),
  valkey: valkeyOverride.optional(),
  objectStore: objectStoreOverride.optional(),
  mongodb: mongodbOverride.optional(),
  pipelines: z.strictObject({ resources: resourcesOverride }).partial().optional(),
  keycloak: replicatedOverride.optional(),
  gateway: replicatedOverride.optional(),
  airflow: airflowOverride.optional(),
  spark: sparkOverride.optional(),
  monitoring: monitoringOverride.optional(),
  backups: backupsOverride.optional(),
  /** People who are known here only. */
  realm: realmOverride.optional(),
};

/** One schema for each target. */
export const stackConfigSchemas = {
  dev: z.strictObject({
    ...common,
    target: z.literal("dev"),
    /** Context of the kubeconfig. @default kind where Docker answers, else the one-node cluster */
    kubeContext: z.string().min(1).exactOptional(),
    /** Path of the kubeconfig, if not the usual one. */
    kubeconfig: z.string().min(1).exactOptional(),
  }),
  onprem: z.strictObject({ ...common, ...onpremShape, target: z.literal("onprem") }),
  aws: z.strictObject({ ...common, ...awsShape, target: z.literal("aws") }),
} as const;

/** What a stack's file says, checked, with its defaults. */
export type StackConfig = { readonly [T in Target]: z.output<(typeof stackConfigSchemas)[T]> }[Target];
