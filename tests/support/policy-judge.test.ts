import assert from "node:assert/strict";
import { allowed, type Connection, type NetworkPolicy, type Peer } from "./policy-judge";

const pod = (name: string, namespace = "a"): Peer => ({ name, namespace, labels: { app: name } });
const denyAll: NetworkPolicy = {
  metadata: { namespace: "a" },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
};
const select = (name: string) => ({ matchLabels: { app: name } });
const letOut: NetworkPolicy = {
  metadata: { namespace: "a" },
  spec: {
    podSelector: select("client"),
    policyTypes: ["Egress"],
    egress: [{ to: [{ podSelector: select("server") }], ports: [{ port: 80, protocol: "TCP" }] }],
  },
};
const letIn: NetworkPolicy = {
  metadata: { namespace: "a" },
  spec: {
    podSelector: select("server"),
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ podSelector: select("client") }], ports: [{ port: 80 }] }],
  },
};
const letToNode: NetworkPolicy = {
  metadata: { namespace: "a" },
  spec: {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [{ to: [{ ipBlock: { cidr: "10.1.0.0/16" } }], ports: [{ port: 6443 }] }],
  },
};
const connection: Connection = { from: pod("client"), to: pod("server"), port: 80, protocol: "tcp" };

const cases: [string, NetworkPolicy[], Partial<Connection>, boolean][] = [
  ["everything where no policy selects the pods", [], {}, true],
  ["nothing where all is denied", [denyAll], {}, false],
  ["not what may go out but not come in", [denyAll, letOut], {}, false],
  ["not what may come in but not go out", [denyAll, letIn], {}, false],
  ["what may do both", [denyAll, letOut, letIn], {}, true],
  ["not another port", [denyAll, letOut, letIn], { port: 81 }, false],
  ["not another protocol", [denyAll, letOut, letIn], { protocol: "udp" }, false],
  ["not the same labels in another namespace", [denyAll, letOut, letIn], { from: pod("client", "b") }, false],
  ["an address in an allowed block", [denyAll, letToNode], { to: { address: "10.1.255.1" }, port: 6443 }, true],
  ["not an address outside it", [denyAll, letToNode], { to: { address: "10.2.0.1" }, port: 6443 }, false],
  ["what the node sends", [denyAll], { from: { address: "10.1.0.1" } }, true],
];

describe("network policies let through", () => {
  for (const [name, policies, change, expected] of cases)
    it(name, () => assert.equal(allowed(policies, { ...connection, ...change }), expected));
});
