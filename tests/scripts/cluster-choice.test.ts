import assert from "node:assert/strict";
import { type ClusterFacts, chooseCluster } from "../../scripts/lib/cluster-choice";

const nothing: ClusterFacts = { given: undefined, docker: false, kind: false, linux: false, root: false };

const cases: [string, Partial<ClusterFacts>, string][] = [
  [
    "a given context goes before everything",
    { given: { context: "mine", kubeconfig: "/k" }, docker: true, kind: true, linux: true, root: true },
    "context",
  ],
  ["kind where Docker answers", { docker: true, kind: true, linux: true, root: true }, "kind"],
  [
    "the one-node cluster where Docker answers but kind is missing",
    { docker: true, linux: true, root: true },
    "one-node",
  ],
  ["the one-node cluster on Linux as root", { kind: true, linux: true, root: true }, "one-node"],
  ["nothing on Linux without root", { linux: true }, "none"],
  ["nothing elsewhere without Docker", { root: true }, "none"],
];

describe("the Kubernetes that the dev stack uses", () => {
  for (const [name, facts, expected] of cases)
    it(name, () => assert.equal(chooseCluster({ ...nothing, ...facts }).cluster, expected));
});
