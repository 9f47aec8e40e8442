export { type Schedule, type SparkJob, scheduledSparkApplication, sparkApplication } from "./application";
export * from "./spark-operator";
