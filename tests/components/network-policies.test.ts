import assert from "node:assert/strict";
import { NetworkPolicies, type NetworkPoliciesArgs, policiesOf } from "../../components/network-policies";
import { TYPES } from "../../components/types";
import type { Flow, Party } from "../../environment";
import { assertField, assertWellFormed, recordComponent, refusals } from "./recorded";

const workload = (name: string, namespace: string): Party => ({
  kind: "workload",
  workload: name,
  namespace,
  labels: { "app.kubernetes.io/name": name },
});
const LOADER = workload("loader", "apps");
const KAFKA = workload("kafka", "data");
const OPERATOR = workload("operator", "system");
const API: Party = { kind: "kubernetes-api" };
const flow = (from: Party, to: Party, port: number, why: string): Flow => ({
  from,
  to,
  port,
  protocols: ["TCP"],
  why: [why],
});

const FLOWS: Flow[] = [
  flow(LOADER, KAFKA, 9093, "reads flights"),
  { from: LOADER, to: { kind: "dns" }, port: 53, protocols: ["UDP", "TCP"], why: ["finds names"] },
  flow(OPERATOR, API, 6443, "watches"),
  flow(API, OPERATOR, 9443, "admission"),
  flow(KAFKA, KAFKA, 9095, "replicates"),
];
const NAMESPACES = ["system", "data", "apps"];
const OUTSIDE: Party = { kind: "outside" };
const CLUSTER = { apiServers: ["192.0.2.1/32"] };
const policies = policiesOf(FLOWS, NAMESPACES, CLUSTER);
const find = (namespace: string, name: string) => {
  const found = policies.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  assert.ok(found !== undefined, `${namespace}/${name}`);
  return found;
};
const selects = (name: string, namespace: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
});

describe("network policies of flows", () => {
  it("deny everything in every namespace", () => {
    for (const namespace of NAMESPACES)
      assert.deepEqual(find(namespace, "deny-all").spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  it("open both ends of a flow, for these pods and this port", () => {
    const ports = [{ protocol: "TCP", port: 9093 }];
    assert.deepEqual(find("apps", "loader-egress").spec.egress?.[0], { to: [selects("kafka", "data")], ports });
    assert.deepEqual(find("data", "kafka-ingress").spec.ingress?.[0], { from: [selects("loader", "apps")], ports });
  });

  it("let in who is outside of the cluster, for this port", () => {
    const ingress = policiesOf([flow(OUTSIDE, KAFKA, 9093, "people")], ["data"], CLUSTER).find(
      ({ metadata }) => metadata.name === "kafka-ingress",
    );
    assert.deepEqual(ingress?.spec.ingress?.[0]?.from, [{ ipBlock: { cidr: "0.0.0.0/0" } }]);
  });

  it("let names be found over both protocols", () => {
    const rule = find("apps", "loader-egress").spec.egress?.[1];
    assert.deepEqual(rule?.ports, [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ]);
  });

  it("know the API server by its address, in both directions", () => {
    const peers = [{ ipBlock: { cidr: "192.0.2.1/32" } }];
    assert.deepEqual(find("system", "operator-egress").spec.egress?.[0]?.to, peers);
    assert.deepEqual(find("system", "operator-ingress").spec.ingress?.[0]?.from, peers);
  });

  it("say why", () => {
    assert.match(find("apps", "loader-egress").metadata.annotations?.["platform.data/why"] ?? "", /reads flights/);
  });

  it("are the same in whatever order the flows come, but for the order of rules", () => {
    const names = (flows: readonly Flow[]) =>
      policiesOf(flows, NAMESPACES, CLUSTER).map(({ metadata }) => metadata.name);
    assert.deepEqual(names(FLOWS.toReversed()), names(FLOWS));
  });
});

describe("NetworkPolicies", () => {
  const ARGS: NetworkPoliciesArgs = {
    flows: FLOWS,
    namespaces: NAMESPACES,
    cluster: CLUSTER,
    labels: { stack: "test" },
  };

  it("registers each policy", async () => {
    const recorded = await recordComponent((opts) => new NetworkPolicies("flows", ARGS, opts));
    assertWellFormed(recorded, TYPES.networkPolicies, "flows");
    assert.equal(recorded.names("kubernetes:networking.k8s.io/v1:NetworkPolicy").length, policies.length);
  });

  const wrong: [string, Partial<NetworkPoliciesArgs>][] = [
    ["namespaces", { namespaces: ["system", "data"] }],
    ["namespaces", { namespaces: [...NAMESPACES, "data"] }],
    ["cluster.apiServers", { cluster: { apiServers: [] } }],
  ];
  for (const [field, args] of wrong) {
    it(`refuses ${JSON.stringify(args)}`, async () => {
      assertField(await refusals((opts) => new NetworkPolicies("flows", { ...ARGS, ...args }, opts)), field);
    });
  }
});
