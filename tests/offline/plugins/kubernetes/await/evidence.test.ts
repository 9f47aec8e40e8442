import assert from "node:assert/strict";
import { lastEvents } from "../../../../../offline/plugins/kubernetes/await/evidence";
import { podProblems } from "../../../../../offline/plugins/kubernetes/await/pod-problems";
import type { KubeObject } from "../../../../../offline/plugins/kubernetes/object";

const event = (reason: string, type: string, lastTimestamp: string, count = 1): KubeObject => ({
  reason,
  type,
  count,
  lastTimestamp,
  message: `says ${reason}`,
  involvedObject: { kind: "Pod", name: "web-1" },
});

describe("evidence", () => {
  it("tells the last events, oldest first, and only warnings if there are any", () => {
    const events = [
      event("Failed", "Warning", "2026-01-01T00:00:02Z", 3),
      event("Pulling", "Normal", "2026-01-01T00:00:03Z"),
      event("BackOff", "Warning", "2026-01-01T00:00:01Z"),
    ];
    const lines = lastEvents(events);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? "", /BackOff/);
    assert.match(lines[1] ?? "", /Failed \(3 times\).*web-1/);
    assert.equal(lastEvents(events.slice(1, 2)).length, 1);
  });

  const pod = (status: KubeObject): KubeObject => ({ kind: "Pod", metadata: { name: "web-1" }, status });
  const waiting = (reason: string) => ({
    containerStatuses: [{ name: "app", state: { waiting: { reason, message: "m" } } }],
  });
  const cases: [what: string, status: KubeObject, told: RegExp[]][] = [
    ["an image that cannot be pulled", waiting("ImagePullBackOff"), [/web-1.*app.*ImagePullBackOff: m/]],
    ["an ordinary start", waiting("ContainerCreating"), []],
    [
      "a crash loop with its last end",
      {
        containerStatuses: [
          {
            name: "app",
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated: { exitCode: 7, reason: "Error", message: "no config" } },
          },
        ],
      },
      [/CrashLoopBackOff.*exit code 7: no config/],
    ],
    [
      "a pod that fits nowhere",
      { conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes" }] },
      [/Unschedulable: 0\/1 nodes/],
    ],
    [
      "an init container",
      { initContainerStatuses: [{ name: "init", state: { terminated: { exitCode: 1 } } }] },
      [/"init".*code 1/],
    ],
    ["a container that ended well", { containerStatuses: [{ name: "a", state: { terminated: { exitCode: 0 } } }] }, []],
  ];
  for (const [what, status, told] of cases) {
    it(`tells of ${what}`, () => {
      const problems = podProblems(pod(status));
      assert.equal(problems.length, told.length);
      for (const [index, pattern] of told.entries()) assert.match(problems[index] ?? "", pattern);
    });
  }
});
