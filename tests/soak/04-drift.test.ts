import assert from "node:assert/strict";
import { get, kubectl, script, succeeds, tool } from "../support/cli";

const SELECTOR = "platform.data/stack=dev";

describe("changes behind Pulumi's back", () => {
  let object: { name: string; namespace: string; key: string; value: string };

  before(async () => {
    const { items } = await get("configmaps", "--all-namespaces", "--selector", SELECTOR);
    const [found] = items;
    assert.ok(found?.data !== undefined, "the stack has no ConfigMap");
    const [entry] = Object.entries(found.data);
    assert.ok(entry !== undefined);
    object = { name: found.metadata.name, namespace: found.metadata.namespace ?? "", key: entry[0], value: entry[1] };
  });

  const valueNow = async () => {
    const { data } = await get<{ data: Record<string, string> }>("configmap", object.name, "-n", object.namespace);
    return data[object.key];
  };

  it("there are none to begin with", () =>
    succeeds("pulumi", ["refresh", "--preview-only", "--expect-no-changes", "--non-interactive", "--stack", "dev"]));

  it("refresh finds a ConfigMap that somebody changed", async () => {
    const patch = JSON.stringify({ data: { [object.key]: `${object.value}\n# changed by hand\n` } });
    await kubectl("patch", "configmap", object.name, "-n", object.namespace, "--field-manager=somebody", "-p", patch);
    const { code } = await tool("pulumi", [
      "refresh",
      "--preview-only",
      "--expect-no-changes",
      "--non-interactive",
      "--stack",
      "dev",
    ]);
    assert.notEqual(code, 0);
    await succeeds("pulumi", ["refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev"]);
  });

  it("up refuses and names the other manager", async () => {
    const { code, stdout, stderr } = await tool("pulumi", [
      "up",
      "--yes",
      "--skip-preview",
      "--non-interactive",
      "--stack",
      "dev",
    ]);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /somebody/);
    assert.notEqual(await valueNow(), object.value);
  });

  it("the forced up puts it back", async () => {
    await succeeds("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev"], {
      PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
    });
    assert.equal(await valueNow(), object.value);
    // The SDK wrote the force into the provider's inputs; an ordinary `up` takes it out and has nothing else to do.
    await succeeds("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev"]);
    await succeeds("pulumi", ["preview", "--expect-no-changes", "--stack", "dev"]);
  });

  it("make up makes again what somebody deleted", async () => {
    await kubectl("delete", "configmap", object.name, "-n", object.namespace);
    const { code, stdout, stderr } = await script("up");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.equal(await valueNow(), object.value);
  });

  it("scripts/up --force puts back what somebody scaled", async () => {
    const history = ["deployment/spark-history", "-n", "platform-spark"];
    await kubectl("scale", "--replicas=0", ...history);
    const { code, stdout, stderr } = await script("up", "--force");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.equal(await kubectl("get", ...history, "-o", "jsonpath={.status.readyReplicas}"), "1");
    await succeeds("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev"]);
    await succeeds("pulumi", ["preview", "--expect-no-changes", "--stack", "dev"]);
  });
});
