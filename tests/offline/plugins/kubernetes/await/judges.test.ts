import assert from "node:assert/strict";
import { judgeDaemonSet } from "../../../../../offline/plugins/kubernetes/await/daemon-set";
import { judgeDefinition } from "../../../../../offline/plugins/kubernetes/await/definition";
import { judgeDeployment } from "../../../../../offline/plugins/kubernetes/await/deployment";
import { judgeJob } from "../../../../../offline/plugins/kubernetes/await/job";
import type { Judgement } from "../../../../../offline/plugins/kubernetes/await/judgement";
import { judgePod } from "../../../../../offline/plugins/kubernetes/await/pod";
import { judgeService } from "../../../../../offline/plugins/kubernetes/await/service";
import { judgeStatefulSet } from "../../../../../offline/plugins/kubernetes/await/stateful-set";
import { judgeVolumeClaim } from "../../../../../offline/plugins/kubernetes/await/volume-claim";
import type { KubeObject } from "../../../../../offline/plugins/kubernetes/object";

type Verdict = "ready" | "waiting" | "failed";

const verdictOf = ({ ready, failed }: Judgement): Verdict => (ready ? "ready" : failed ? "failed" : "waiting");
const object = (spec: KubeObject, status: KubeObject): KubeObject => ({
  kind: "Thing",
  metadata: { name: "x", generation: 2 },
  spec,
  status: { observedGeneration: 2, ...status },
});

function table(
  name: string,
  judge: (object: KubeObject) => Judgement,
  cases: [string, KubeObject, KubeObject, Verdict][],
) {
  describe(name, () => {
    for (const [what, spec, status, expected] of cases) {
      it(`${expected}: ${what}`, () => {
        const judgement = judge(object(spec, status));
        assert.equal(verdictOf(judgement), expected, judgement.message);
      });
    }
  });
}

const rolledOut = { replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
const stuck = { conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }] };

table("judgeDeployment", judgeDeployment, [
  ["all replicas are new and available", { replicas: 3 }, rolledOut, "ready"],
  ["one replica by default", {}, { replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, "ready"],
  ["scaled to nothing", { replicas: 0 }, {}, "ready"],
  ["paused", { replicas: 3, paused: true }, {}, "ready"],
  ["the status is of an older spec", { replicas: 3 }, { ...rolledOut, observedGeneration: 1 }, "waiting"],
  ["new replicas are missing", { replicas: 3 }, { ...rolledOut, updatedReplicas: 2 }, "waiting"],
  ["old replicas are left", { replicas: 3 }, { ...rolledOut, replicas: 4 }, "waiting"],
  ["not all are available", { replicas: 3 }, { ...rolledOut, availableReplicas: 2 }, "waiting"],
  ["nothing is known", { replicas: 3 }, {}, "waiting"],
  ["the deadline is over", { replicas: 3 }, stuck, "failed"],
]);

const revised = { readyReplicas: 2, updatedReplicas: 2, currentRevision: "b", updateRevision: "b" };
const rolling = { readyReplicas: 2, updatedReplicas: 1, currentRevision: "a", updateRevision: "b" };

table("judgeStatefulSet", judgeStatefulSet, [
  ["all replicas are ready and new", { replicas: 2 }, revised, "ready"],
  ["the status is of an older spec", { replicas: 2 }, { ...revised, observedGeneration: 1 }, "waiting"],
  ["a replica is not ready", { replicas: 2 }, { ...revised, readyReplicas: 1 }, "waiting"],
  ["a replica is of the old revision", { replicas: 2 }, rolling, "waiting"],
  [
    "all are new, the revision is not yet the current one",
    { replicas: 2 },
    { ...rolling, updatedReplicas: 2 },
    "waiting",
  ],
  ["old replicas stay under OnDelete", { replicas: 2, updateStrategy: { type: "OnDelete" } }, rolling, "ready"],
  [
    "old replicas stay below the partition",
    { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
    rolling,
    "ready",
  ],
]);

const everywhere = { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };

table("judgeDaemonSet", judgeDaemonSet, [
  ["on every node", {}, everywhere, "ready"],
  ["no node wants it", {}, { desiredNumberScheduled: 0 }, "ready"],
  ["a node has the old pod", {}, { ...everywhere, updatedNumberScheduled: 1 }, "waiting"],
  ["a pod is not available", {}, { ...everywhere, numberAvailable: 1 }, "waiting"],
]);

table("judgeJob", judgeJob, [
  ["complete", {}, { conditions: [{ type: "Complete", status: "True" }] }, "ready"],
  ["suspended", { suspend: true }, {}, "ready"],
  ["running", { completions: 2 }, { succeeded: 1 }, "waiting"],
  ["failed", {}, { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] }, "failed"],
]);

const crashed = { phase: "Failed", containerStatuses: [{ name: "a", state: { terminated: { exitCode: 3 } } }] };

table("judgePod", judgePod, [
  ["ready", {}, { phase: "Running", conditions: [{ type: "Ready", status: "True" }] }, "ready"],
  ["succeeded", {}, { phase: "Succeeded" }, "ready"],
  ["running but not ready", {}, { phase: "Running", conditions: [{ type: "Ready", status: "False" }] }, "waiting"],
  ["unseen", {}, {}, "waiting"],
  ["failed", {}, crashed, "failed"],
]);

table("judgeDefinition", judgeDefinition, [
  ["established", {}, { conditions: [{ type: "Established", status: "True" }] }, "ready"],
  ["new", {}, {}, "waiting"],
  ["names taken", {}, { conditions: [{ type: "NamesAccepted", status: "False", reason: "Conflict" }] }, "failed"],
]);

describe("judgeVolumeClaim", () => {
  const cases: [what: string, phase: string, mode: string | undefined, verdict: Verdict][] = [
    ["bound", "Bound", undefined, "ready"],
    ["pending", "Pending", "Immediate", "waiting"],
    ["pending without a class", "Pending", undefined, "waiting"],
    ["pending until its first pod", "Pending", "WaitForFirstConsumer", "ready"],
    ["lost", "Lost", undefined, "failed"],
  ];
  for (const [what, phase, mode, expected] of cases) {
    it(`${expected}: ${what}`, () => {
      const storageClass = mode === undefined ? undefined : { volumeBindingMode: mode };
      assert.equal(verdictOf(judgeVolumeClaim({ status: { phase } }, storageClass)), expected);
    });
  }
});

describe("judgeService", () => {
  const selecting = { selector: { app: "x" }, ports: [{ port: 80 }] };
  const slice = (...ready: (boolean | null)[]): KubeObject => ({
    endpoints: ready.map((state) => ({ conditions: state === null ? {} : { ready: state } })),
  });
  const address = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } };
  const cases: [what: string, spec: KubeObject, status: KubeObject, slices: KubeObject[], verdict: Verdict][] = [
    ["a pod is ready", selecting, {}, [slice(false), slice(true)], "ready"],
    ["an endpoint does not say", selecting, {}, [slice(null)], "ready"],
    ["no pod is ready", selecting, {}, [slice(false)], "waiting"],
    ["there are no endpoints", selecting, {}, [], "waiting"],
    ["nothing is selected", { ports: [{ port: 80 }] }, {}, [], "ready"],
    ["an external name", { ...selecting, type: "ExternalName" }, {}, [], "ready"],
    ["headless", { ...selecting, clusterIP: "None" }, {}, [], "ready"],
    ["a balancer without address", { ...selecting, type: "LoadBalancer" }, {}, [slice(true)], "waiting"],
    ["a balancer with address", { ...selecting, type: "LoadBalancer" }, address, [slice(true)], "ready"],
  ];
  for (const [what, spec, status, slices, expected] of cases) {
    it(`${expected}: ${what}`, () => assert.equal(verdictOf(judgeService({ spec, status }, slices)), expected));
  }
});
