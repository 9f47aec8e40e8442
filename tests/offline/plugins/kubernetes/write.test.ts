import assert from "node:assert/strict";
import { Cluster } from "../../../../offline/plugins/kubernetes/cluster";
import { Discovery } from "../../../../offline/plugins/kubernetes/discovery";
import type { KubeObject } from "../../../../offline/plugins/kubernetes/object";
import { ApiError, type Rest } from "../../../../offline/plugins/kubernetes/rest";
import type { Settings } from "../../../../offline/plugins/kubernetes/settings";
import { createPatiently } from "../../../../offline/plugins/kubernetes/write";

const KIND = { group: "", version: "v1", kind: "ConfigMap" };
const MANIFEST = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "b" } };
const EXISTS = new ApiError(409, { reason: "Conflict" });
const GONE = new ApiError(404, { reason: "NotFound" });

/** An API server whose answers to PATCH and GET of the object are given in their order. */
function answering(answers: Readonly<Record<"PATCH" | "GET", (KubeObject | ApiError)[]>>): Rest {
  const request = async (method: "PATCH" | "GET", path: string) => {
    if (path === "/api/v1") return { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true }] };
    const answer = answers[method].shift();
    assert.ok(answer !== undefined, `${method} was asked too often`);
    if (answer instanceof ApiError) throw answer;
    return answer;
  };
  return { request, watch: () => new Promise(() => undefined) } as unknown as Rest;
}

function create(rest: Rest): Promise<KubeObject> {
  const cluster = new Cluster(rest, new Discovery(rest), { upsert: false } as unknown as Settings, "default");
  const options = { fieldManager: "test", dryRun: false, signal: new AbortController().signal, warn: () => undefined };
  return createPatiently(cluster, KIND, MANIFEST, options, async () => undefined);
}

describe("the creation of an object", () => {
  it("waits until one of its name has gone that is being deleted", async () => {
    const going = {
      ...MANIFEST,
      metadata: { ...MANIFEST.metadata, uid: "1", deletionTimestamp: "2026-01-01T00:00:00Z" },
    };
    const made = { ...MANIFEST, metadata: { ...MANIFEST.metadata, uid: "2" } };
    const rest = answering({ PATCH: [EXISTS, made], GET: [going, GONE] });
    assert.equal(await create(rest), made);
  });

  it("is refused where one of its name is there to stay", async () => {
    const live = { ...MANIFEST, metadata: { ...MANIFEST.metadata, uid: "1" } };
    await assert.rejects(create(answering({ PATCH: [EXISTS], GET: [live] })), /already exists/);
  });
});
