export type { DocumentDatabase, DocumentStore, DocumentUser } from "./contract";
export * from "./ferret-document-store";
export * from "./percona-document-store";
