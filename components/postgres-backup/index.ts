export * from "./postgres-backup";
