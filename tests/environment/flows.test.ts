import assert from "node:assert/strict";
import { type Environment, type Flow, flowsOf, loadEnvironment, type Party } from "../../environment";
import { committed, type Edits, edited, everythingOn } from "./samples";

function load(target: "dev" | "aws", edits: Edits = {}): Environment {
  const result = loadEnvironment(edited(everythingOn, edits), committed(target));
  assert.ok(result.ok);
  return result.environment;
}

const nameOf = (party: Party) => (party.kind === "workload" ? party.workload : party.kind);
const inBrief = ({ from, to, port }: Flow) => `${nameOf(from)} > ${nameOf(to)}:${port}`;

describe("flows", () => {
  const dev = flowsOf(load("dev"));
  const brief = dev.map(inBrief);

  it("follow from databases, Kafka users, buckets, clients of the realm and hosts", () => {
    for (const flow of [
      "flights-loader > postgres:5432",
      "flights-producer > kafka:9093",
      "airflow-worker > valkey:6379",
      "spark-history > object-store:8333",
      "spark-job > mongodb:27017",
      "gateway > airflow-api-server:8080",
      "grafana > keycloak:8443",
      "postgres-backup > object-store:8333",
      "postgres-restore > postgres:5432",
      "mongodb > postgres:5432",
    ]) {
      assert.ok(brief.includes(flow), flow);
    }
    assert.ok(!brief.includes("flights-producer > postgres:5432"));
  });

  it("are there once, with all their reasons", () => {
    assert.equal(new Set(brief).size, brief.length);
    const loader = dev.find((flow) => inBrief(flow) === "airflow-worker > object-store:8333");
    assert.ok(loader !== undefined && loader.why.length > 1);
    assert.ok(dev.every(({ why }) => why.length > 0 && why.every((reason) => reason !== "")));
  });

  it("let whoever connects to pods find names, over both protocols", () => {
    const dns = dev.filter(({ to }) => to.kind === "dns");
    assert.ok(dns.some(({ from }) => nameOf(from) === "flights-loader"));
    assert.ok(dns.every(({ protocols }) => protocols.length === 2));
    assert.ok(dns.every(({ from }) => from.kind === "workload"));
  });

  it("carry what selects the pods", () => {
    const flow = dev.find((each) => inBrief(each) === "flights-loader > postgres:5432");
    assert.deepEqual(flow?.to, {
      kind: "workload",
      workload: "postgres",
      namespace: "platform-data",
      labels: { "cnpg.io/cluster": "postgres" },
    });
  });

  it("between servers of one kind are there where there are several", () => {
    const among = (flows: readonly Flow[]) => flows.filter(({ from, to }) => nameOf(from) === nameOf(to)).map(inBrief);
    assert.deepEqual(
      among(dev).filter((flow) => /^(postgres|kafka|valkey|keycloak)/.test(flow)),
      [],
    );
    const aws = among(flowsOf(load("aws", { "kafka/engine": "statefulset", "kafka/controllers": 0 })));
    for (const flow of [
      "postgres > postgres:5432",
      "kafka > kafka:9095",
      "valkey > valkey:6379",
      "keycloak > keycloak:7800",
      "keycloak > keycloak:57800",
    ])
      assert.ok(aws.includes(flow));
  });

  it("lead those who verify tokens to Keycloak, who do without where it is switched off", () => {
    const verifiers = ["kafka > keycloak:8443", "kubernetes-api > keycloak:8443"];
    for (const flow of verifiers) assert.ok(brief.includes(flow), flow);
    const without = load("dev", {
      "services/keycloak": false,
      "services/airflow": false,
      "services/spark": false,
      "services/monitoring": false,
      "services/objectStore": false,
      "backups/enabled": false,
      "services/gateway": false,
    });
    assert.ok(without.services.kafka);
    for (const flow of verifiers) assert.ok(!flowsOf(without).map(inBrief).includes(flow), flow);
  });

  it("of what is switched off are not there", () => {
    const flows = flowsOf(
      load("dev", { "services/airflow": false, "services/pipelines": false, "backups/enabled": false }),
    );
    const names = flows.flatMap(({ from, to }) => [nameOf(from), nameOf(to)]);
    assert.ok(!names.some((name) => name.startsWith("airflow") || name.startsWith("flights")));
    assert.ok(!names.includes("postgres-backup") && !names.includes("postgres-restore"));
  });
});
