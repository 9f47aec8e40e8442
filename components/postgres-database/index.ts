export * from "./postgres-cluster";
export * from "./postgres-database";
export { clusterManifest, databaseManifest, roleManifest } from "./manifest";
