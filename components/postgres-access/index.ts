export { PostgresAccess, type PostgresAccessArgs, type PostgresReader } from "./postgres-access";
