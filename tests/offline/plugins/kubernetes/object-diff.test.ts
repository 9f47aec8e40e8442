import assert from "node:assert/strict";
import { type PropertyMap, Secret, UNKNOWN } from "../../../../offline/plugins/base/values";
import { type Kind, parseToken } from "../../../../offline/plugins/kubernetes/kind";
import { diffObject } from "../../../../offline/plugins/kubernetes/object-diff";

const kindOf = (token: string): Kind => parseToken(`kubernetes:${token}`) ?? assert.fail(token);
const immutableData = { configMapMutable: false, secretMutable: false };
const mutableData = { configMapMutable: true, secretMutable: true };
const metadata = { name: "x", namespace: "n" };

describe("diffObject", () => {
  const cases: [what: string, token: string, olds: PropertyMap, news: PropertyMap, changes: Record<string, string>][] =
    [
      ["no change", "apps/v1:Deployment", { spec: { replicas: 1 } }, { spec: { replicas: 1 } }, {}],
      [
        "replicas",
        "apps/v1:Deployment",
        { spec: { replicas: 1 } },
        { spec: { replicas: 2 } },
        { "spec.replicas": "update" },
      ],
      [
        "a selector",
        "apps/v1:Deployment",
        { spec: { selector: { matchLabels: { a: "1" } } } },
        { spec: { selector: { matchLabels: { a: "2" } } } },
        { "spec.selector.matchLabels.a": "update-replace" },
      ],
      [
        "claim templates",
        "apps/v1:StatefulSet",
        { spec: {} },
        { spec: { volumeClaimTemplates: [] } },
        { "spec.volumeClaimTemplates": "add-replace" },
      ],
      [
        "a job's template",
        "batch/v1:Job",
        { spec: { template: { spec: { a: 1 } } } },
        { spec: { template: { spec: {} } } },
        { "spec.template.spec.a": "delete-replace" },
      ],
      [
        "a job's time to live",
        "batch/v1:Job",
        { spec: { ttlSecondsAfterFinished: 1 } },
        { spec: {} },
        { "spec.ttlSecondsAfterFinished": "delete" },
      ],
      [
        "a claim's size",
        "core/v1:PersistentVolumeClaim",
        { spec: { resources: 1 } },
        { spec: { resources: 2 } },
        { "spec.resources": "update" },
      ],
      [
        "a claim's class",
        "core/v1:PersistentVolumeClaim",
        { spec: {} },
        { spec: { storageClassName: "s" } },
        { "spec.storageClassName": "add-replace" },
      ],
      [
        "a pod's image",
        "core/v1:Pod",
        { spec: { containers: [{ name: "a", image: "1" }] } },
        { spec: { containers: [{ name: "a", image: "2" }] } },
        { "spec.containers[0].image": "update-replace" },
      ],
      [
        "a service's address",
        "core/v1:Service",
        { spec: { clusterIP: "None" } },
        { spec: {} },
        { "spec.clusterIP": "delete-replace" },
      ],
      [
        "a binding's role",
        "rbac.authorization.k8s.io/v1:RoleBinding",
        { roleRef: { name: "a" } },
        { roleRef: { name: "b" } },
        { "roleRef.name": "update-replace" },
      ],
      [
        "a custom resource",
        "example.com/v1:Widget",
        { spec: { selector: 1 } },
        { spec: { selector: 2 } },
        { "spec.selector": "update" },
      ],
      [
        "a value that becomes unknown",
        "core/v1:Service",
        { spec: { clusterIP: "a" } },
        { spec: { clusterIP: UNKNOWN } },
        { "spec.clusterIP": "update-replace" },
      ],
      ["a value that becomes secret", "core/v1:ConfigMap", { data: { a: "1" } }, { data: { a: new Secret("1") } }, {}],
      ["a Secret's type", "core/v1:Secret", { type: "a" }, { type: "b" }, { type: "update-replace" }],
    ];
  for (const [what, token, olds, news, changes] of cases) {
    it(what, () => {
      const diff = diffObject({
        kind: kindOf(token),
        oldInputs: { metadata, ...olds },
        news: { metadata, ...news },
        live: metadata,
        mutable: mutableData,
      });
      assert.deepEqual(diff.changes, changes);
    });
  }

  const data: [what: string, token: string, extra: PropertyMap, mutable: typeof mutableData, kind: string][] = [
    ["a ConfigMap that is mutable", "core/v1:ConfigMap", {}, mutableData, "update"],
    ["a ConfigMap by default", "core/v1:ConfigMap", {}, immutableData, "update-replace"],
    ["a ConfigMap marked immutable", "core/v1:ConfigMap", { immutable: true }, mutableData, "update-replace"],
    ["a Secret that is mutable", "core/v1:Secret", {}, mutableData, "update"],
    ["a Secret by default", "core/v1:Secret", {}, immutableData, "update-replace"],
  ];
  for (const [what, token, extra, mutable, kind] of data) {
    it(`data of ${what}`, () => {
      const of = (value: string): PropertyMap => ({ metadata, ...extra, data: { a: value } });
      const diff = diffObject({ kind: kindOf(token), oldInputs: of("1"), news: of("2"), live: metadata, mutable });
      assert.deepEqual(diff.changes, { "data.a": kind });
    });
  }

  const identities: [
    what: string,
    live: { name: string; namespace?: string },
    olds: PropertyMap,
    news: PropertyMap,
    changes: object,
    first: boolean,
  ][] = [
    ["another name", metadata, metadata, { ...metadata, name: "y" }, { "metadata.name": "update-replace" }, false],
    [
      "another namespace",
      metadata,
      metadata,
      { ...metadata, namespace: "m" },
      { "metadata.namespace": "update-replace" },
      false,
    ],
    [
      "default is said or not",
      { name: "x", namespace: "default" },
      { name: "x" },
      { name: "x", namespace: "default" },
      {},
      false,
    ],
    ["a kind without namespaces", { name: "x" }, { name: "x", namespace: "a" }, { name: "x" }, {}, false],
    [
      "the name that was generated",
      { name: "x-1", namespace: "n" },
      { generateName: "x-", namespace: "n" },
      { name: "x-1", namespace: "n" },
      {},
      false,
    ],
  ];
  for (const [what, live, olds, news, changes, first] of identities) {
    it(what, () => {
      const diff = diffObject({
        kind: kindOf("core/v1:ConfigMap"),
        oldInputs: { metadata: olds },
        news: { metadata: news },
        live,
        mutable: mutableData,
      });
      assert.deepEqual(diff.changes, changes);
      assert.equal(diff.deleteBeforeReplace, first);
    });
  }

  it("replaces what is not ready, which goes first, though no input changes", () => {
    const annotations = { "pulumi.com/replaceUnready": "true" };
    const inputs = { metadata: { ...metadata, annotations } };
    const args = {
      kind: kindOf("batch/v1:Job"),
      oldInputs: inputs,
      news: inputs,
      live: metadata,
      mutable: mutableData,
    };
    assert.deepEqual(diffObject(args), { changes: {}, deleteBeforeReplace: false });
    assert.deepEqual(diffObject({ ...args, unready: true }), {
      changes: { 'metadata.annotations["pulumi.com/replaceUnready"]': "update-replace" },
      deleteBeforeReplace: true,
    });
  });

  it("updates in place a Job that gets the mark", () => {
    const annotations = { "pulumi.com/replaceUnready": "true" };
    const diff = diffObject({
      kind: kindOf("batch/v1:Job"),
      oldInputs: { metadata },
      news: { metadata: { ...metadata, annotations } },
      live: metadata,
      mutable: mutableData,
    });
    assert.deepEqual(diff.changes, { "metadata.annotations": "add" });
  });

  it("deletes first what must keep its name, not what was named automatically", () => {
    const replaced = (annotations: PropertyMap) =>
      diffObject({
        kind: kindOf("core/v1:ConfigMap"),
        oldInputs: { metadata: { ...metadata, annotations }, data: { a: "1" } },
        news: { metadata: { ...metadata, annotations }, data: { a: "2" } },
        live: metadata,
        mutable: immutableData,
      }).deleteBeforeReplace;
    assert.equal(replaced({}), true);
    assert.equal(replaced({ "pulumi.com/autonamed": "true" }), false);
  });
});

describe("parseToken", () => {
  it("reads groups, the core group among them", () => {
    assert.deepEqual(parseToken("kubernetes:core/v1:Pod"), { group: "", version: "v1", kind: "Pod" });
    assert.deepEqual(parseToken("kubernetes:apps/v1:Deployment"), { group: "apps", version: "v1", kind: "Deployment" });
  });

  for (const token of [
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:yaml/v2:ConfigFile",
    "random:index/x:X",
    "kubernetes:x",
  ]) {
    it(`knows no object in ${token}`, () => assert.equal(parseToken(token), undefined));
  }
});
