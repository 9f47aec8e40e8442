/**
 * Type token of every component. Part of each resource's URN: change one only together with an alias for the old one.
 */
export const TYPES = {
  airflowCelery: "platform:airflow:AirflowCelery",
  cloudNativePg: "platform:postgres:CloudNativePg",
  postgresCluster: "platform:postgres:PostgresCluster",
  postgresDatabase: "platform:postgres:PostgresDatabase",
  postgresAccess: "platform:postgres:PostgresAccess",
  postgresBackup: "platform:postgres:PostgresBackup",
  kafkaCluster: "platform:kafka:KafkaCluster",
  valkeyBroker: "platform:valkey:ValkeyBroker",
  objectStore: "platform:storage:ObjectStore",
  ferretDocumentStore: "platform:documents:FerretDocumentStore",
  perconaDocumentStore: "platform:documents:PerconaDocumentStore",
  keptKeys: "platform:login:KeptKeys",
  keycloakRealm: "platform:login:KeycloakRealm",
  platformDoors: "platform:gateway:PlatformDoors",
  platformGateway: "platform:gateway:PlatformGateway",
  keda: "platform:scaling:Keda",
  kubernetesAccess: "platform:login:KubernetesAccess",
  sparkOperator: "platform:spark:SparkOperator",
  networkPolicies: "platform:network:NetworkPolicies",
  pipelineJob: "platform:pipelines:PipelineJob",
  pipelineTemplate: "platform:pipelines:PipelineTemplate",
} as const;
