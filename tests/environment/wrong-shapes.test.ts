import { type Case, refused } from "./wrong-cases";

const topic = { owner: "flights-producer", partitions: 1, retention: "7d" };

const CASES: Readonly<Record<string, readonly Case[]>> = {
  shape: [
    ["an unknown part", { kafak: {} }, "unknown-key kafak > kafka"],
    [
      "an unknown field, near one",
      { "kafka/topics/flights/partitons": 3 },
      "unknown-key kafka.topics.flights.partitons > partitions",
    ],
    ["an unknown field, near none", { "kafka/colour": "red" }, "unknown-key kafka.colour"],
    ["a missing part", { valkey: undefined }, "missing valkey"],
    ["a missing field", { "kafka/topics/flights/partitions": undefined }, "missing kafka.topics.flights.partitions"],
    ["a text for a number", { "kafka/brokers": "3" }, "type kafka.brokers > 3"],
    ["a fraction of a broker", { "kafka/brokers": 2.5 }, "type kafka.brokers"],
    ["a number for a text", { "gateway/resources/cpu": 2 }, 'type gateway.resources.cpu > "2"'],
    ["a text for a switch", { "services/spark": "yes" }, "type services.spark > true"],
    ["a list for a mapping", { "kafka/topics": [] }, "type kafka.topics"],
    ["nothing for a mapping", { realm: null }, "type realm"],
    ["an engine that does not exist", { "kafka/engine": "strimzy" }, "choice kafka.engine > strimzi"],
    ["no replica", { "gateway/replicas": 0 }, "range gateway.replicas"],
    ["a port beyond 65535", { "workloads/kafka/ports/clients": 90930 }, "range workloads.kafka.ports.clients"],
    [
      "an empty list of applications",
      { "postgres/databases/keycloak/applications": [] },
      "range postgres.databases.keycloak.applications",
    ],
    ["a service that does not exist", { "services/mongo": true }, "unknown-key services.mongo > mongodb"],
    [
      "a workload of a service that does not exist",
      { "workloads/grafana/service": "grafana" },
      "choice workloads.grafana.service",
    ],
    ["a class instance", { monitoring: new Date(0) }, "type monitoring"],
    ["a key that JavaScript takes", { "realm/people": JSON.parse('{"__proto__": {}}') }, "type realm.people.__proto__"],
  ],
  units: [
    ["memory in megabytes", { "gateway/resources/memory": "512MB" }, "unit gateway.resources.memory > 512Mi"],
    [
      "memory in thousandths of a byte",
      { "gateway/resources/memory": "512m" },
      "unit gateway.resources.memory > 512Mi",
    ],
    ["memory without unit", { "gateway/resources/memory": "512" }, "unit gateway.resources.memory > 512Mi"],
    ["no storage", { "postgres/storage": "0Gi" }, "unit postgres.storage"],
    ["CPUs in percent", { "gateway/resources/cpu": "50%" }, "unit gateway.resources.cpu"],
    ["no CPU", { "gateway/resources/cpu": "0" }, "unit gateway.resources.cpu"],
    [
      "retention in words",
      { "kafka/topics/flights/retention": "30 days" },
      "unit kafka.topics.flights.retention > 30d",
    ],
    ["retention in years", { "kafka/topics/flights/retention": "1y" }, "unit kafka.topics.flights.retention"],
    [
      "endless retention as Kafka writes it",
      { "kafka/topics/flights/retention": "-1" },
      "unit kafka.topics.flights.retention > forever",
    ],
    ["a schedule with seconds", { "backups/schedule": "0 0 3 * * *" }, "format backups.schedule"],
  ],
  names: [
    ["a topic with a space", { "kafka/topics/my topic": topic }, 'name kafka.topics["my topic"]'],
    ["a topic like Kafka's own", { "kafka/topics/__offsets": topic }, "name kafka.topics.__offsets"],
    [
      "a topic of 250 characters",
      { [`kafka/topics/${"t".repeat(250)}`]: topic },
      `name kafka.topics.${"t".repeat(250)}`,
    ],
    [
      "topics that metrics cannot tell apart",
      { "kafka/topics/a.b": topic, "kafka/topics/a_b": topic },
      "duplicate kafka.topics.a_b",
    ],
    ["topics that differ in case", { "kafka/topics/Flights": topic }, "duplicate kafka.topics.Flights"],
    [
      "a namespace of 64 characters",
      { "workloads/grafana/namespace": "n".repeat(64) },
      "name workloads.grafana.namespace",
    ],
    [
      "a namespace in capitals",
      { "workloads/grafana/namespace": "Grafana" },
      "name workloads.grafana.namespace > grafana",
    ],
    [
      "a workload too long for a StatefulSet",
      { [`workloads/${"w".repeat(53)}`]: { namespace: "x", service: "kafka" } },
      `name workloads.${"w".repeat(53)}`,
    ],
    [
      "a database with a hyphen",
      { "postgres/databases/ware-house": { owner: "w", applications: ["keycloak"], connectionLimit: 1 } },
      "name postgres.databases.ware-house",
    ],
    ["a bucket with capitals", { "objectStore/buckets/Lake": { applications: {} } }, "name objectStore.buckets.Lake"],
    ["a bucket of 2 characters", { "objectStore/buckets/ab": { applications: {} } }, "name objectStore.buckets.ab"],
    [
      "a bucket with a prefix of S3's",
      { "objectStore/buckets/xn--lake": { applications: {} } },
      "name objectStore.buckets.xn--lake",
    ],
    [
      "an extension that needs a superuser",
      { "postgres/databases/keycloak/extensions": ["dblink"] },
      "choice postgres.databases.keycloak.extensions[0]",
    ],
    [
      "an extension misspelt",
      { "postgres/databases/keycloak/extensions": ["pgcrpyto"] },
      "choice postgres.databases.keycloak.extensions[0] > pgcrypto",
    ],
  ],
};

describe("a definition of the wrong shape is refused", () => {
  for (const [group, cases] of Object.entries(CASES)) refused(group, "onprem", "definition", cases);
});
