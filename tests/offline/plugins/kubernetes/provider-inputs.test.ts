import assert from "node:assert/strict";
import { type PropertyMap, Secret, UNKNOWN } from "../../../../offline/plugins/base/values";
import { BadKubeconfig, loadKubeconfig } from "../../../../offline/plugins/kubernetes/connection";
import { diffProvider } from "../../../../offline/plugins/kubernetes/provider-diff";
import { problemsOf, readSettings } from "../../../../offline/plugins/kubernetes/settings";

const kubeconfig = (server: string, token = "t", context = "main") =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "main", cluster: { server } },
      { name: "other", cluster: { server: "https://other.example" } },
    ],
    contexts: [
      { name: "main", context: { cluster: "main", user: "u", namespace: "team" } },
      { name: "other", context: { cluster: "other", user: "u" } },
    ],
    users: [{ name: "u", user: { token } }],
    "current-context": context,
  });
const here = kubeconfig("https://here.example");

describe("diffProvider", () => {
  const cases: [what: string, olds: PropertyMap, news: PropertyMap, replaces: boolean, changes: boolean][] = [
    ["nothing", { kubeconfig: here }, { kubeconfig: here }, false, false],
    ["new credentials", { kubeconfig: here }, { kubeconfig: kubeconfig("https://here.example", "u") }, false, true],
    ["secrecy", { kubeconfig: here }, { kubeconfig: new Secret(here) }, false, false],
    ["another server", { kubeconfig: here }, { kubeconfig: kubeconfig("https://there.example") }, true, true],
    ["another context of another cluster", { kubeconfig: here }, { kubeconfig: here, context: "other" }, true, true],
    ["another cluster", { kubeconfig: here }, { kubeconfig: here, cluster: "other" }, true, true],
    ["the context that is current anyway", { kubeconfig: here }, { kubeconfig: here, context: "main" }, false, true],
    ["a kubeconfig that is not known yet", { kubeconfig: here }, { kubeconfig: UNKNOWN }, true, true],
    ["the namespace", { kubeconfig: here, namespace: "a" }, { kubeconfig: here, namespace: "b" }, false, true],
    [
      "another server under the same identifier",
      { kubeconfig: here, clusterIdentifier: "c" },
      { kubeconfig: kubeconfig("https://there.example"), clusterIdentifier: "c" },
      false,
      true,
    ],
    [
      "another identifier",
      { kubeconfig: here, clusterIdentifier: "c" },
      { kubeconfig: here, clusterIdentifier: "d" },
      true,
      true,
    ],
    [
      "an identifier for the first time",
      { kubeconfig: here },
      { kubeconfig: here, clusterIdentifier: "d" },
      false,
      true,
    ],
  ];
  for (const [what, olds, news, replaces, changed] of cases) {
    it(`${what} ${replaces ? "replaces" : "does not replace"} it`, () => {
      const changes = Object.values(diffProvider(olds, news).changes);
      assert.equal(
        changes.some((kind) => kind.endsWith("-replace")),
        replaces,
      );
      assert.equal(changes.length > 0, changed);
    });
  }
});

describe("provider settings", () => {
  it("reads inputs before the environment", () => {
    const environment = { PULUMI_K8S_ENABLE_SECRET_MUTABLE: "true", PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE: "true" };
    const settings = readSettings({ enableSecretMutable: "false", kubeconfig: new Secret(here) }, environment);
    assert.equal(settings.secretMutable, false);
    assert.equal(settings.configMapMutable, true);
    assert.equal(settings.kubeconfig, here);
    assert.equal(settings.context, undefined);
  });

  it("lets PULUMI_K8S_ENABLE_PATCH_FORCE force every conflict", () => {
    assert.equal(readSettings({}, { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" }).patchForce, true);
    assert.equal(readSettings({ enablePatchForce: "true" }, {}).patchForce, true);
    assert.equal(readSettings({}, {}).patchForce, false);
  });

  it("refuses what the twin cannot do", () => {
    assert.deepEqual(problemsOf({ enableServerSideApply: "true", namespace: "x", kubeconfig: UNKNOWN }), []);
    const refused = problemsOf({
      enableServerSideApply: "false",
      renderYamlToDirectory: "out",
      skipUpdateUnreachable: true,
    });
    assert.deepEqual(
      refused.map(({ property }) => property),
      ["enableServerSideApply", "renderYamlToDirectory", "skipUpdateUnreachable"],
    );
  });

  it("takes a kubeconfig's content, its context and its namespace", () => {
    const config = loadKubeconfig(readSettings({ kubeconfig: here, context: "other" }, {}));
    assert.equal(config.getCurrentCluster()?.server, "https://other.example");
  });

  const bad: [what: string, inputs: PropertyMap][] = [
    ["no YAML", { kubeconfig: "a: [\n" }],
    ["no such context", { kubeconfig: here, context: "nowhere" }],
    ["no such cluster", { kubeconfig: here, cluster: "nowhere" }],
    ["no such file", { kubeconfig: "/does/not/exist" }],
    ["a current context that is not there", { kubeconfig: kubeconfig("https://x.example", "t", "gone") }],
  ];
  for (const [what, inputs] of bad) {
    it(`refuses a kubeconfig: ${what}`, () =>
      assert.throws(() => loadKubeconfig(readSettings(inputs, {})), BadKubeconfig));
  }
});
