export { clusterManifest, databaseManifest, roleManifest } from "./manifest";
export * from "./postgres-cluster";
export * from "./postgres-database";
