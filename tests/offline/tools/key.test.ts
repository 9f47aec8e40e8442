import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GROUPS, groupOf, neededGroups } from "../../../offline/tools/groups";
import { goFilesOf, type Ingredients, keyOf, moduleFolder } from "../../../offline/tools/key";
import versions from "../../../versions.json";

const ingredients: Ingredients = {
  group: { name: "tool", programs: { tool: "example.org/tool" }, flags: ["-ldflags", "-s"], megabytes: 1 },
  goMod: "module a\n",
  goSum: "b h1:c\n",
  goVersion: "go1.26.8",
  target: "linux/amd64",
};

describe("the key of a group of tools", () => {
  it("is the same for the same ingredients, and twelve hex digits", () => {
    assert.equal(keyOf(ingredients), keyOf(structuredClone(ingredients)));
    assert.match(keyOf(ingredients), /^[0-9a-f]{12}$/);
  });

  it("has not changed, so that caches of earlier runs are still found", () => {
    assert.equal(keyOf(ingredients), "170645e09afc");
  });

  const changes: [string, Ingredients][] = [
    ["go.mod", { ...ingredients, goMod: "module b\n" }],
    ["go.sum", { ...ingredients, goSum: "" }],
    ["its own Go files", { ...ingredients, sources: "package main" }],
    ["the flags", { ...ingredients, group: { ...ingredients.group, flags: [] } }],
    ["the programs", { ...ingredients, group: { ...ingredients.group, programs: {} } }],
    ["the patch version of Go", { ...ingredients, goVersion: "go1.26.9" }],
    ["the machine", { ...ingredients, target: "linux/arm64" }],
  ];
  for (const [what, changed] of changes)
    it(`changes with ${what}`, () => assert.notEqual(keyOf(changed), keyOf(ingredients)));

  it("does not change with what disk a build takes", () => {
    assert.equal(keyOf({ ...ingredients, group: { ...ingredients.group, megabytes: 2 } }), keyOf(ingredients));
  });
});

describe("the groups of tools", () => {
  const modules: Record<string, readonly string[]> = {
    "local-path-provisioner": ["github.com/rancher/local-path-provisioner"],
    coredns: ["github.com/coredns/coredns"],
    "cloudnative-pg": ["github.com/cloudnative-pg/cloudnative-pg"],
    "envoy-gateway": ["github.com/envoyproxy/gateway"],
    keda: ["github.com/kedacore/keda/v2"],
    ferretdb: ["github.com/FerretDB/FerretDB"],
    "spark-operator": ["github.com/kubeflow/spark-operator/v2"],
    "statsd-exporter": ["github.com/prometheus/statsd_exporter"],
    etcd: ["go.etcd.io/etcd/server/v3"],
    kubernetes: ["k8s.io/kubernetes"],
    "pulumi-language-nodejs": ["github.com/pulumi/pulumi/sdk/v3"],
    pulumi: ["github.com/pulumi/pulumi/pkg/v3", "github.com/pulumi/pulumi/sdk/v3"],
  };

  for (const group of GROUPS)
    it(`${group.name} pins the version of versions.json, and its programs as tools`, () => {
      const goMod = readFileSync(join(moduleFolder(group), "go.mod"), "utf8");
      const version = versions[group.name as keyof typeof versions];
      for (const module of modules[group.name] ?? []) assert.match(goMod, new RegExp(`\\t${module} v${version}\\s`));
      for (const source of Object.values(group.programs))
        if (source === ".") assert.ok(goFilesOf(group).length > 0, "no program of its own");
        else assert.match(goMod, new RegExp(`^(tool )?\\t?${source}$`, "m"));
    });

  it("leave out the engine with official Pulumi, and Kubernetes with another cluster", () => {
    const names = (needs: Parameters<typeof neededGroups>[0]) => neededGroups(needs).map(({ name }) => name);
    assert.deepEqual(names({ twins: false, oneNode: false }), []);
    assert.deepEqual(names({ twins: true, oneNode: false }), ["pulumi-language-nodejs", "pulumi"]);
    assert.ok(!names({ twins: false, oneNode: true }).includes("pulumi"));
    assert.equal(names({ twins: true, oneNode: true }).length, GROUPS.length);
  });

  it("hold each program once", () => {
    const programs = GROUPS.flatMap((group) => Object.keys(group.programs));
    assert.equal(new Set(programs).size, programs.length);
    assert.equal(groupOf("kubelet").name, "kubernetes");
    assert.throws(() => groupOf("nothing"), /nothing/);
  });
});
