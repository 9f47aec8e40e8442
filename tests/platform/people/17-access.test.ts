import assert from "node:assert/strict";
import { addressOf } from "../../../scripts/lib/addresses";
import { gatewayAuthority } from "../../../scripts/lib/gateway-authority";
import type { Place } from "../../support/access/ask";
import { cluster } from "../../support/access/cluster";
import { listeningPorts } from "../../support/access/doors";
import { pages, type Stage } from "../../support/access/pages";
import { type Guest, invite } from "../../support/access/people";
import { startAsker, stores } from "../../support/access/stores";
import { accessLines, describeAccess } from "../../support/access/table";
import { get } from "../../support/cli";
import { devEnvironment } from "../../support/dev-environment";
import { byHand, openKeycloak } from "../../support/keycloak";
import { allowed, type NetworkPolicy } from "../../support/policy-judge";
import { type Entrance, Visitor } from "../../support/visitor";

const ENVIRONMENT = devEnvironment();

/** People whom the test brings in, by their groups. */
const GUESTS = { runner: "access-test-runner", looker: "access-test-looker" } as const;

/**
 * Ports that ask for no login beside those that the definition names, by the workload, each with what it tells. Policies let
 * nobody there.
 */
const WITHOUT_LOGIN: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  postgres: { 9187: "metrics" },
  "cloudnative-pg": { 8080: "metrics" },
  mongodb: { 8088: "health" },
  "object-store": { 18333: "gRPC of the store's own parts" },
  "spark-operator": { 8081: "health" },
  "envoy-gateway": { 8080: "metrics", 8081: "health", 18002: "extensions for proxies", 19001: "metrics" },
  gateway: { 19001: "metrics", 19002: "whether it is about to end", 19003: "health" },
  "keda-operator": { 8080: "metrics", 8081: "health" },
  "keda-metrics-apiserver": { 8080: "metrics" },
};

/** A pod of somebody else's, which no policy knows. */
const STRANGER = { namespace: "default", name: "stranger", labels: {} } as const;

/** Takes the guests out of Airflow, which has noted them at their login. */
async function forgotten(entrance: Entrance, { name, password }: Guest): Promise<void> {
  const airflow = addressOf(ENVIRONMENT, "airflow");
  const visitor = new Visitor(entrance);
  await visitor.logIn(`${airflow}/auth/login/keycloak`, name, password);
  for (const guest of [GUESTS.looker, GUESTS.runner]) {
    const { status } = await visitor.ask(`${airflow}/auth/fab/v1/users/${guest}`, { method: "DELETE" });
    assert.ok([204, 404].includes(status), `Airflow does not forget ${guest}: ${status}`);
  }
}

describe("access", () => {
  let place: Place | undefined;
  let stage: Stage | undefined;
  const undo: (() => Promise<unknown>)[] = [];

  before(async () => {
    const asker = await startAsker(ENVIRONMENT);
    undo.push(asker.stop);
    place = asker.place;
    const door = await openKeycloak();
    undo.push(async () => door.close());
    const bring = async (name: string, group: string) => {
      const guest = await invite(door, name, group);
      undo.push(() => byHand(door, "DELETE", `/users/${guest.id}`));
      return guest;
    };
    const entrance = { port: ENVIRONMENT.gatewayPort, ca: await gatewayAuthority(ENVIRONMENT) };
    const runner = await bring(GUESTS.runner, "admin");
    const looker = await bring(GUESTS.looker, "viewer");
    stage = { entrance, door, runner, looker };
    undo.push(() => forgotten(entrance, runner));
  });
  after(async () => {
    const ends = [];
    for (const step of undo.reverse()) ends.push(await step().catch((error: unknown) => error));
    const errors = ends.filter((end) => end instanceof Error);
    if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("\n"));
  });

  const rows = [
    ...stores(ENVIRONMENT, () => place ?? assert.fail("there is no pod to ask from")),
    ...pages(ENVIRONMENT, () => stage ?? assert.fail("nobody was invited")),
    ...cluster(ENVIRONMENT),
  ];
  describeAccess(rows);
  after(() =>
    console.log(
      accessLines(rows)
        .map((line) => `    ${line}`)
        .join("\n"),
    ),
  );

  describe("to ports", () => {
    it("is declared for each, or known to ask for no login", async () => {
      const unknown = (await listeningPorts(ENVIRONMENT)).filter(
        ({ workload, port }) =>
          !Object.values(ENVIRONMENT.workloads[workload]?.ports ?? {}).includes(port) &&
          WITHOUT_LOGIN[workload]?.[port] === undefined,
      );
      assert.deepEqual([...new Set(unknown.map(({ workload, port }) => `${workload}:${port}`))], []);
    });

    it("is closed to strangers' pods by policies, but at the gateway", async () => {
      const { items } = await get<{ items: NetworkPolicy[] }>("networkpolicies", "--all-namespaces");
      const ports = await listeningPorts(ENVIRONMENT);
      assert.ok(ports.length > 10, `only ${ports.length} ports: the test would prove nothing`);
      const open = ports
        .filter(({ pod, port }) => allowed(items, { from: STRANGER, to: pod, port, protocol: "tcp" }))
        .map(({ workload, port }) => `${workload}:${port}`);
      assert.deepEqual([...new Set(open)], []);
    });
  });
});
