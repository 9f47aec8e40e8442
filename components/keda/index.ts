export { type CeleryScaling, celeryScaledObject, postgresAuthentication, queueLengthSql } from "./celery";
export * from "./keda";
