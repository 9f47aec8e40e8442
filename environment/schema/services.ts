import { z } from "zod";

/** What the platform is made of; each can be switched off for a target. */
export const SERVICE_NAMES = [
  "postgres",
  "kafka",
  "valkey",
  "objectStore",
  "pipelines",
  "mongodb",
  "keycloak",
  "gateway",
  "airflow",
  "spark",
  "keda",
  "monitoring",
] as const;

/** See {@link SERVICE_NAMES}. */
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Name of a service. */
export const serviceName = z.enum(SERVICE_NAMES);

/** Which services are built. Switching one off keeps what is declared for it, but builds nothing of it. */
export const services = z.strictObject(
  Object.fromEntries(SERVICE_NAMES.map((service) => [service, z.boolean()])) as Record<ServiceName, z.ZodBoolean>,
);
