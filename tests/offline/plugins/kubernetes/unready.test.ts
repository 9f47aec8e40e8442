import assert from "node:assert/strict";
import { type PropertyMap, Secret, UNKNOWN } from "../../../../offline/plugins/base/values";
import type { Cluster } from "../../../../offline/plugins/kubernetes/cluster";
import { BadKubeconfig } from "../../../../offline/plugins/kubernetes/connection";
import type { KubeObject } from "../../../../offline/plugins/kubernetes/object";
import { ApiError, Unreachable } from "../../../../offline/plugins/kubernetes/rest";
import { isToBeMadeAnew } from "../../../../offline/plugins/kubernetes/unready";

const JOB = { group: "batch", version: "v1", kind: "Job" };
const MARKED = { metadata: { annotations: { "pulumi.com/replaceUnready": "true" } } };
const FAILED = { status: { conditions: [{ type: "Failed", status: "True" }] } };

/** What is decided if the API server answers so, and which objects it was asked for. */
async function decide(answer: KubeObject | Error, { kind = JOB, news = MARKED as PropertyMap } = {}) {
  const asked: string[] = [];
  const get: Cluster["get"] = async (_, namespace, name) => {
    asked.push(`${namespace}/${name}`);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const session = { cluster: () => ({ get }) as unknown as Cluster };
  const anew = await isToBeMadeAnew(kind, session, { id: "n/x", news, signal: new AbortController().signal });
  return { anew, asked };
}

describe("pulumi.com/replaceUnready", () => {
  const answers: [what: string, answer: KubeObject | Error, anew: boolean][] = [
    ["has failed", FAILED, true],
    ["is not done yet", { status: { active: 1 } }, true],
    ["is complete", { status: { conditions: [{ type: "Complete", status: "True" }] } }, false],
    ["is not there", new ApiError(404, { reason: "NotFound" }), false],
    ["may not be read", new ApiError(403, { reason: "Forbidden" }), false],
    ["is in a cluster that does not answer", new Unreachable("no answer"), false],
    ["is in a cluster of which nothing is known", new BadKubeconfig("no such file"), false],
  ];
  for (const [what, answer, anew] of answers) {
    it(`${anew ? "makes anew" : "leaves alone"} a Job that ${what}`, async () =>
      assert.deepEqual(await decide(answer), { anew, asked: ["n/x"] }));
  }

  it("reads a Job whose metadata are secret", async () =>
    assert.equal((await decide(FAILED, { news: { metadata: new Secret(MARKED.metadata) } })).anew, true));

  const unread: [what: string, request: Parameters<typeof decide>[1]][] = [
    ["a Job without it", { news: { metadata: { annotations: {} } } }],
    ["a Job of which it is not known", { news: { metadata: UNKNOWN } }],
    ["another kind", { kind: { group: "apps", version: "v1", kind: "Deployment" } }],
  ];
  for (const [what, request] of unread) {
    it(`does not read ${what}`, async () =>
      assert.deepEqual(await decide(FAILED, request), { anew: false, asked: [] }));
  }
});
