import assert from "node:assert/strict";
import { Secret, UNKNOWN } from "../../../../offline/plugins/base/values";
import { leaveIgnored, parseIgnorePath } from "../../../../offline/plugins/kubernetes/ignored-fields";
import { inputsOfLive, normalize, toManifest, toProperties } from "../../../../offline/plugins/kubernetes/manifest";
import { parseId } from "../../../../offline/plugins/kubernetes/object";
import { outputsOfPreview } from "../../../../offline/plugins/kubernetes/outputs";

describe("manifests", () => {
  it("drops nulls, status and what only the server writes", () => {
    const inputs = {
      metadata: { name: "x", uid: "u", managedFields: [] },
      spec: { a: null, b: [{ c: null }] },
      status: {},
    };
    assert.deepEqual(normalize(inputs), { metadata: { name: "x" }, spec: { b: [{}] } });
  });

  it("spells schema fields as Kubernetes does, and back", () => {
    const inputs = { schema: { x_kubernetes_preserve_unknown_fields: true, a_b: 1 } };
    const manifest = toManifest(inputs);
    assert.deepEqual(manifest, { schema: { "x-kubernetes-preserve-unknown-fields": true, a_b: 1 } });
    assert.deepEqual(toProperties(manifest), inputs);
  });

  it("reveals secrets and refuses unknowns", () => {
    assert.deepEqual(toManifest({ a: new Secret({ b: 1 }) }), { a: { b: 1 } });
    assert.throws(() => toManifest({ a: UNKNOWN }));
  });

  it("imports an object without the server's own fields", () => {
    const annotations = { mine: "1", "deployment.kubernetes.io/revision": "2" };
    const live = { kind: "X", metadata: { name: "x", uid: "u", resourceVersion: "1", annotations }, status: { a: 1 } };
    assert.deepEqual(inputsOfLive(live), { kind: "X", metadata: { name: "x", annotations: { mine: "1" } } });
  });

  it("takes made-up values of a dry run for unknown, but not what the inputs say", () => {
    const shown = {
      metadata: { name: "x", uid: "made-up" },
      spec: { clusterIP: "None", clusterIPs: ["None"] },
      status: {},
    };
    assert.deepEqual(outputsOfPreview(shown, { metadata: { name: "x" }, spec: { clusterIP: "None" } }), {
      metadata: { name: "x", uid: UNKNOWN },
      spec: { clusterIP: "None", clusterIPs: UNKNOWN },
      status: UNKNOWN,
    });
  });

  it("reads ids", () => {
    assert.deepEqual(parseId("a"), { name: "a" });
    assert.deepEqual(parseId("n/a"), { namespace: "n", name: "a" });
    for (const wrong of ["", "/a", "a/", "a/b/c"]) assert.throws(() => parseId(wrong), /namespace\/name/);
  });
});

describe("ignoreChanges", () => {
  const owned = (manager: string, field: string) => ({ manager, fieldsV1: { "f:spec": { [`f:${field}`]: {} } } });
  const live = {
    metadata: { managedFields: [owned("autoscaler", "replicas"), owned("me", "paused"), owned("other", "paused")] },
    spec: { replicas: 7, paused: false },
  };

  it("leaves a field to the others that manage it", () => {
    assert.deepEqual(leaveIgnored({ spec: { replicas: 1, x: 2 } }, live, ["spec.replicas"], "me"), { spec: { x: 2 } });
  });

  it("keeps the live value of a field that is managed here too", () => {
    assert.deepEqual(leaveIgnored({ spec: { paused: true } }, live, ["spec.paused"], "me"), {
      spec: { paused: false },
    });
  });

  it("reads paths, but none through lists", () => {
    assert.deepEqual(parseIgnorePath('metadata.annotations["a.b/c"].d'), ["metadata", "annotations", "a.b/c", "d"]);
    assert.equal(parseIgnorePath("spec.containers[0].image"), undefined);
    assert.equal(parseIgnorePath("spec.*"), undefined);
  });
});
