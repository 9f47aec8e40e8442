import type { DefinitionInput } from "./schema/definition";

/** Who may log in and do what. Airflow's role names are those of its FAB auth manager, Grafana's its own. */
export const realm: DefinitionInput["realm"] = {
  name: "platform",
  clients: {
    airflow: {
      kind: "confidential",
      redirectUris: ["https://{airflow}/auth/oauth-authorized/keycloak"],
      roles: ["Admin", "Op", "User", "Viewer"],
      applications: ["airflow-api-server"],
    },
    grafana: {
      kind: "confidential",
      redirectUris: ["https://{grafana}/login/generic_oauth"],
      roles: ["Admin", "Editor", "Viewer"],
      applications: ["grafana"],
    },
    // The gateway logs people in for pages that know no login of their own.
    gateway: {
      kind: "confidential",
      redirectUris: ["https://{flower}/oauth2/callback", "https://{spark}/oauth2/callback"],
      roles: ["viewer", "operator"],
      applications: ["gateway"],
    },
    // kubelogin listens on these two ports: https://github.com/int128/kubelogin
    kubernetes: {
      kind: "public",
      redirectUris: ["http://localhost:8000", "http://localhost:18000"],
      roles: ["admin", "operator", "viewer"],
    },
    // Kafka takes tokens beside SCRAM; what their bearer may do is said by Kafka's own rules, not by the role.
    kafka: { kind: "resource", roles: ["client"] },
    "spark-job": { kind: "service", grants: { kafka: "client" }, applications: ["spark-job"] },
    // For CI of a team's own, whose tokens then say the role; nothing of the platform logs in by it but the tests.
    deployer: { kind: "service", grants: { airflow: "Op" } },
  },
  groups: {
    admin: {
      why: "runs the platform",
      roles: { airflow: "Admin", grafana: "Admin", gateway: "operator", kubernetes: "admin" },
    },
    operator: {
      why: "keeps the pipelines running",
      roles: { airflow: "Op", grafana: "Editor", gateway: "operator", kubernetes: "operator" },
    },
    developer: {
      why: "writes pipelines",
      roles: { airflow: "User", grafana: "Viewer", gateway: "viewer", kubernetes: "viewer" },
    },
    viewer: { why: "looks on", roles: { airflow: "Viewer", grafana: "Viewer", kubernetes: "viewer" } },
  },
};
