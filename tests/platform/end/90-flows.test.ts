import assert from "node:assert/strict";
import type { Flow, Party } from "../../../environment";
import { flowsOf } from "../../../environment";
import { get } from "../../support/cli";
import { devEnvironment } from "../../support/dev-environment";
import { endRecording } from "../../support/flow-recorder";
import { allowed, type Connection, type NetworkPolicy } from "../../support/policy-judge";

/** Declared flows that a run of the tests need not show, each with its reason. */
const UNSEEN: Readonly<Record<string, string>> = {
  "airflow-api-server -> airflow-triggerer:8794":
    "the page asks for the log of a trigger while it waits, and no test looks then",
  "spark-job -> keycloak:8443": "jobs of ours log in to Kafka by password; the flow lets others take tokens",
  "cloudnative-pg -> dns:53": "it finds the API server by environment variables and its servers by their addresses",
};

describe("connections on the pod network", () => {
  let seen: Connection[] = [];
  /** Addresses of Services: a packet that still has one found no endpoint behind it and goes nowhere. */
  let services = new Set<string>();
  before(async () => {
    const { items } = await get("services", "--all-namespaces");
    services = new Set(items.map(({ spec }) => String(spec?.["clusterIP"])));
    seen = await endRecording();
    assert.ok(seen.length > 0, "nothing was recorded: the test would prove nothing");
  });

  it("are all allowed by a policy", async () => {
    const { items } = await get<{ items: NetworkPolicy[] }>("networkpolicies", "--all-namespaces");
    const refused = seen.filter((connection) => !allowed(items, connection) && !services.has(addressOf(connection)));
    assert.deepEqual(refused.map(describeConnection), []);
  });

  it("show every declared flow", () => {
    const missing = flowsOf(devEnvironment())
      .filter((flow) => !seen.some((connection) => isOf(flow, connection)))
      .map((flow) => `${nameOf(flow.from)} -> ${nameOf(flow.to)}:${flow.port}`)
      .filter((name) => !(name in UNSEEN));
    assert.deepEqual(missing, []);
  });
});

function isOf({ from, to, port }: Flow, connection: Connection): boolean {
  return connection.port === port && isParty(from, connection.from) && isParty(to, connection.to);
}

/** The API server is a process of the node; cluster DNS is what answers on its port. */
function isParty(party: Party, end: Connection["from"]): boolean {
  if (party.kind === "dns") return "namespace" in end && end.namespace === "kube-system";
  if (party.kind === "kubernetes-api" || party.kind === "outside") return "address" in end;
  if ("address" in end || end.namespace !== party.namespace) return false;
  return Object.entries(party.labels).every(([key, value]) => end.labels[key] === value);
}

function addressOf({ to }: Connection): string {
  return "address" in to ? to.address : "";
}

function nameOf(party: Party): string {
  return party.kind === "workload" ? party.workload : party.kind;
}

function describeConnection({ from, to, port, protocol }: Connection): string {
  const end = (peer: Connection["from"]) => ("address" in peer ? peer.address : `${peer.namespace}/${peer.name}`);
  return `${end(from)} -> ${end(to)}:${port}/${protocol}`;
}
