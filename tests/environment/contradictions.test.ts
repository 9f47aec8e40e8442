import { type Case, refused } from "./wrong-cases";

const size = { cpu: "100m", memory: "256Mi" };

const CASES: Readonly<Record<string, readonly Case[]>> = {
  reserved: [
    [
      "database postgres",
      { "postgres/databases/postgres": { owner: "app", applications: ["keycloak"], connectionLimit: 1 } },
      "reserved postgres.databases.postgres",
    ],
    [
      "database template0",
      { "postgres/databases/template0": { owner: "app", applications: ["keycloak"], connectionLimit: 1 } },
      "reserved postgres.databases.template0",
    ],
    [
      "an owner that is the superuser",
      { "postgres/databases/keycloak/owner": "postgres" },
      "reserved postgres.databases.keycloak.owner",
    ],
    [
      "an owner with PostgreSQL's own prefix",
      { "postgres/databases/keycloak/owner": "pg_keycloak" },
      "reserved postgres.databases.keycloak.owner",
    ],
    [
      "Kafka's own user",
      { "kafka/users/admin": { application: "flights-producer", produce: ["flights"], why: "x" } },
      "reserved kafka.users.admin",
    ],
    ["Keycloak's own realm", { "realm/name": "master" }, "reserved realm.name"],
    ["Keycloak's own client", { "realm/clients/account": { kind: "service" } }, "reserved realm.clients.account"],
  ],
  Kafka: [
    ["two controllers", { "kafka/controllers": 2 }, "quorum kafka.controllers > 3"],
    ["two brokers that vote", { "kafka/controllers": 0, "kafka/brokers": 4 }, "quorum kafka.brokers > 5"],
    ["controllers where brokers vote", { "kafka/engine": "statefulset" }, "choice kafka.controllers > 0"],
    ["more copies than brokers", { "kafka/replicationFactor": 4 }, "replication kafka.replicationFactor > 3"],
    ["more acknowledgements than copies", { "kafka/minInsyncReplicas": 4 }, "replication kafka.minInsyncReplicas"],
    [
      "a topic with more copies than brokers",
      { "kafka/topics/flights/replicationFactor": 5 },
      "replication kafka.topics.flights.replicationFactor > 3",
    ],
    [
      "a topic with fewer copies than the cluster asks acknowledgements",
      { "kafka/topics/flights/replicationFactor": 1 },
      "replication kafka.topics.flights.replicationFactor",
    ],
    [
      "a topic with more acknowledgements than copies",
      { "kafka/topics/flights/minInsyncReplicas": 4 },
      "replication kafka.topics.flights.minInsyncReplicas",
    ],
    [
      "retention below the cluster's segment",
      { "kafka/topics/flights/retention": "1h" },
      "order kafka.topics.flights.retention",
    ],
    [
      "retention below the topic's segment",
      { "kafka/topics/flights/retention": "2d", "kafka/topics/flights/segment": "3d" },
      "order kafka.topics.flights.retention",
    ],
    [
      "compaction without key",
      { "kafka/topics/flights-dead-letter/cleanup": ["compact"] },
      "missing kafka.topics.flights-dead-letter.key",
    ],
    ["an unknown clean-up", { "kafka/topics/flights/cleanup": ["compress"] }, "choice kafka.topics.flights.cleanup[0]"],
    [
      "a user with tokens of a client that does not exist",
      { "kafka/users/spark-job/login": { client: "spark-jobs" } },
      "reference kafka.users.spark-job.login.client > spark-job",
    ],
    [
      "a user with tokens that are not meant for Kafka",
      { "kafka/users/spark-job/login": { client: "deployer" } },
      "choice kafka.users.spark-job.login.client",
    ],
    [
      "a user with tokens of a client for people",
      { "kafka/users/spark-job/login": { client: "grafana" } },
      "choice kafka.users.spark-job.login.client",
    ],
    [
      "a user whose application has no credentials of its client",
      { "kafka/users/spark-job/application": "spark-history" },
      "missing realm.clients.spark-job.applications",
    ],
    [
      "a user with a password that a bearer of tokens could pass for",
      { "kafka/users/spark-job/login": undefined },
      "duplicate kafka.users.spark-job",
    ],
    [
      "two users that are one client",
      {
        "kafka/users/other": {
          application: "spark-job",
          login: { client: "spark-job" },
          produce: ["flights"],
          why: "x",
        },
      },
      "duplicate kafka.users.other.login.client",
    ],
    [
      "an owner that does not exist",
      { "kafka/topics/flights/owner": "flight-producer" },
      "reference kafka.topics.flights.owner > flights-producer",
    ],
    [
      "a grant for a topic that does not exist",
      { "kafka/users/flights-producer/produce": ["flight"] },
      "reference kafka.users.flights-producer.produce[0] > flights",
    ],
    [
      "a user of an application that does not exist",
      { "kafka/users/flights-producer/application": "nobody" },
      "reference kafka.users.flights-producer.application",
    ],
    [
      "a reader without group",
      { "kafka/users/flights-loader/groupPrefix": undefined },
      "missing kafka.users.flights-loader.groupPrefix > flights-loader",
    ],
    [
      "a user who may do nothing",
      { "kafka/users/flights-producer/produce": [] },
      "missing kafka.users.flights-producer",
    ],
    [
      "groups within another's prefix",
      { "kafka/users/flights-counter/groupPrefix": "flights" },
      "overlap kafka.users.flights-counter.groupPrefix",
    ],
  ],
  stores: [
    [
      "two databases of one owner",
      { "postgres/databases/keycloak/owner": "airflow" },
      "duplicate postgres.databases.keycloak.owner > keycloak",
    ],
    [
      "a reader that owns another database",
      {
        "postgres/databases/airflow/readers/keycloak": { applications: ["keda-operator"], connectionLimit: 1 },
      },
      "duplicate postgres.databases.keycloak.owner > keycloak",
    ],
    [
      "limits above the server's connections",
      { "postgres/maxConnections": 100 },
      "order postgres.maxConnections > 310",
    ],
    [
      "a database of an application that does not exist",
      { "postgres/databases/keycloak/applications": ["keyclok"] },
      "reference postgres.databases.keycloak.applications[0] > keycloak",
    ],
    [
      "a bucket of an application that does not exist",
      { "objectStore/buckets/dags/applications/nobody": "read" },
      "reference objectStore.buckets.dags.applications.nobody",
    ],
    [
      "a right that does not exist",
      { "objectStore/buckets/dags/applications/airflow-worker": "raed" },
      "choice objectStore.buckets.dags.applications.airflow-worker > read",
    ],
    ["four members that vote", { "mongodb/members": 4 }, "quorum mongodb.members > 5"],
    ["Valkey fuller than its memory", { "valkey/maxMemory": "2Gi" }, "order valkey.maxMemory"],
    ["backups into no bucket", { "backups/bucket": "backup" }, "reference backups.bucket > backups"],
    [
      "backups that could not be read back",
      { "objectStore/buckets/backups/applications/postgres-restore": undefined },
      "missing objectStore.buckets.backups.applications.postgres-restore > read",
    ],
    [
      "backups that could not be written",
      { "objectStore/buckets/backups/applications/postgres-backup": "read" },
      "missing objectStore.buckets.backups.applications.postgres-backup > write",
    ],
    [
      "backups deleted before their time",
      { "backups/retention": "90d", "objectStore/buckets/backups/expiry": "60d" },
      "order backups.retention",
    ],
  ],
  realm: [
    [
      "a login at the gateway by a client that is not there",
      { "hosts/spark/login/client": "gatewya" },
      "reference hosts.spark.login.client > gateway",
    ],
    [
      "a login at the gateway for a role that is not there",
      { "hosts/spark/login/roles": ["viewr"] },
      "reference hosts.spark.login.roles[0] > viewer",
    ],
    [
      "logins at the gateway by two clients",
      {
        "realm/clients/other": {
          kind: "confidential",
          redirectUris: ["https://{spark}/oauth2/callback"],
          roles: ["viewer"],
        },
        "hosts/spark/login": { client: "other", roles: ["viewer"] },
      },
      "choice hosts.spark.login.client",
    ],
    [
      "a login at the gateway from which nobody comes back",
      { "realm/clients/gateway/redirectUris": ["https://{airflow}/oauth2/callback"] },
      "redirect-uri realm.clients.gateway.redirectUris",
      "redirect-uri realm.clients.gateway.redirectUris",
    ],
    [
      "a client without redirect URI",
      { "realm/clients/grafana/redirectUris": [] },
      "redirect-uri realm.clients.grafana.redirectUris",
    ],
    [
      "a wildcard",
      { "realm/clients/grafana/redirectUris": ["https://{grafana}/*"] },
      "redirect-uri realm.clients.grafana.redirectUris[0]",
    ],
    [
      "http",
      { "realm/clients/grafana/redirectUris": ["http://grafana.example.com/login"] },
      "redirect-uri realm.clients.grafana.redirectUris[0] > https://grafana.example.com/login",
    ],
    [
      "another scheme",
      { "realm/clients/grafana/redirectUris": ["javascript:alert(1)"] },
      "redirect-uri realm.clients.grafana.redirectUris[0]",
    ],
    [
      "no address at all",
      { "realm/clients/grafana/redirectUris": ["grafana"] },
      "redirect-uri realm.clients.grafana.redirectUris[0]",
    ],
    [
      "a fragment",
      { "realm/clients/grafana/redirectUris": ["https://{grafana}/#login"] },
      "redirect-uri realm.clients.grafana.redirectUris[0]",
    ],
    [
      "loopback for a server",
      { "realm/clients/grafana/redirectUris": ["http://localhost:3000/"] },
      "redirect-uri realm.clients.grafana.redirectUris[0]",
    ],
    [
      "a redirect to a host that does not exist",
      { "realm/clients/grafana/redirectUris": ["https://{graphana}/"] },
      "reference realm.clients.grafana.redirectUris[0] > grafana",
    ],
    [
      "a service account with a redirect",
      { "realm/clients/deployer/redirectUris": ["https://{grafana}/"] },
      "redirect-uri realm.clients.deployer.redirectUris",
    ],
    [
      "a role of a client that does not exist",
      { "realm/groups/viewer/roles/superset": "Viewer" },
      "reference realm.groups.viewer.roles.superset",
    ],
    [
      "a role that the client does not have",
      { "realm/groups/viewer/roles/grafana": "Watcher" },
      "reference realm.groups.viewer.roles.grafana",
    ],
    [
      "a role that Kubernetes does not know",
      { "realm/clients/kubernetes/roles": ["admin", "operator", "viewer", "views"] },
      "reference realm.clients.kubernetes.roles[3] > viewer",
    ],
    [
      "a service account's role in a client that does not exist",
      { "realm/clients/deployer/grants": { superset: "Op" } },
      "reference realm.clients.deployer.grants.superset",
    ],
    [
      "a service account's role that the client does not have",
      { "realm/clients/deployer/grants": { airflow: "Ops" } },
      "reference realm.clients.deployer.grants.airflow > Op",
    ],
    [
      "a role for a client without service account",
      { "realm/clients/grafana/grants": { airflow: "Op" } },
      "choice realm.clients.grafana.grants",
    ],
    [
      "an application that does not exist",
      { "realm/clients/grafana/applications": ["graphana"] },
      "reference realm.clients.grafana.applications[0] > grafana",
    ],
    [
      "a kind of client that does not exist",
      { "realm/clients/grafana/kind": "secret" },
      "choice realm.clients.grafana.kind",
    ],
  ],
  connections: [
    ["a flow from nobody", { "flows/0/from": "cloudnativepg" }, "reference flows[0].from > cloudnative-pg"],
    ["a flow to nobody", { "flows/0/to": "postgress" }, "reference flows[0].to > postgres"],
    ["a flow to a port that does not exist", { "flows/0/port": "statsu" }, "reference flows[0].port > status"],
    ["a flow without reason", { "flows/0/why": " " }, "format flows[0].why"],
    ["two hosts of one name", { "hosts/spark/label": "airflow" }, "duplicate hosts.spark.label > spark"],
    [
      "a host on a workload that does not exist",
      { "hosts/spark/workload": "spark-histroy" },
      "reference hosts.spark.workload > spark-history",
    ],
    ["a host on a port that does not exist", { "hosts/spark/port": "https" }, "reference hosts.spark.port > http"],
    ["a host that is no DNS label", { "hosts/spark/label": "spark_ui" }, "name hosts.spark.label > spark-ui"],
    ["a workload that others need is gone", { "workloads/valkey": undefined }, "missing workloads.valkey"],
    ["a port that others need is gone", { "workloads/valkey/ports": {} }, "missing workloads.valkey.ports.valkey"],
    [
      "a workload with the name of an inherited property",
      { "kafka/users/flights-producer/application": "constructor" },
      "reference kafka.users.flights-producer.application",
    ],
  ],
  readers: [
    [
      "a row rule for a schema that the reader may not read",
      { "postgres/databases/warehouse/readers/bi_newark/reads/rows/elt.fact_flight": "true" },
      'reference postgres.databases.warehouse.readers.bi_newark.reads.rows["elt.fact_flight"]',
    ],
  ],
  "applications and sizes": [
    ["more CPU than the limit", { "spark/driver": { ...size, cpu: "3", cpuLimit: "2500m" } }, "order spark.driver.cpu"],
    ["more executors at least than at most", { "spark/executors/min": 9 }, "order spark.executors.min"],
    [
      "more workers at least than at most",
      { "airflow/queues/default/minWorkers": 9 },
      "order airflow.queues.default.minWorkers",
    ],
    ["no default queue", { "airflow/queues/default": undefined }, "missing airflow.queues.default"],
    ["logs into no bucket", { "airflow/logBucket": "airflow-log" }, "reference airflow.logBucket > airflow-logs"],
    [
      "DAGs from no bucket",
      { "airflow/dagBundles/platform/bucket": "dag" },
      "reference airflow.dagBundles.platform.bucket > dags",
    ],
    ["event logs into no bucket", { "spark/eventBucket": "spark-event" }, "reference spark.eventBucket > spark-events"],
    ["tables in no bucket", { "spark/lakeBucket": "lakes" }, "reference spark.lakeBucket > lake"],
    ["jobs from no queue", { "spark/queue": "sprak" }, "reference spark.queue > spark"],
    [
      "a connection to no database",
      { "airflow/connections/warehouse/to": "warehuose" },
      "reference airflow.connections.warehouse.to > warehouse",
    ],
    [
      "a connection to a database that lets neither tasks nor sensors in",
      { "airflow/connections/warehouse/to": "keycloak" },
      ...Array<string>(2).fill("dependency airflow.connections.warehouse.to"),
    ],
    [
      "a connection to a bucket that lets no sensor in",
      { "airflow/connections/lake/to": "backups" },
      ...Array<string>(2).fill("dependency airflow.connections.lake.to"),
    ],
    [
      "a connection to Kafka, whose key tasks do not have",
      { "airflow/connections/events": { type: "kafka", to: "spark-job" } },
      "choice airflow.connections.events.type",
    ],
  ],
};

describe("a definition that contradicts itself is refused", () => {
  for (const [group, cases] of Object.entries(CASES)) refused(group, "onprem", "definition", cases);
});
