import assert from "node:assert/strict";
import { definition, loadEnvironment, stackSettings } from "../../environment";
import { committed, inBrief } from "./samples";

/** What `pulumi.runtime.allConfig()` gives for a file: every value as text. */
function asPulumiGives(settings: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      `platform:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

describe("settings of a stack", () => {
  it("are the same from the file and from a running program", () => {
    for (const target of ["dev", "onprem", "aws"] as const) {
      const fromFile = committed(target);
      assert.deepEqual(stackSettings(asPulumiGives(fromFile)), fromFile);
    }
  });

  it("leave other projects' and Pulumi's own settings aside", () => {
    const config = { "pulumi:disable-default-providers": ["*"], "aws:region": "x" };
    assert.deepEqual(stackSettings(config), {});
  });

  it("may leave the project's name out, as Pulumi has it", () => {
    assert.deepEqual(stackSettings({ kubeContext: "mine" }), { kubeContext: "mine" });
  });

  it("are unknown under a project's name that is nearly right", () => {
    const settings = { ...committed("dev"), ...stackSettings({ "platfrom:kubeContext": "mine" }) };
    const result = loadEnvironment(definition, settings);
    assert.ok(!result.ok);
    assert.deepEqual(result.problems.map(inBrief), ['unknown-key ["platfrom:kubeContext"]']);
  });

  it("keep a text that looks like a number where a text belongs", () => {
    assert.deepEqual(stackSettings({ "platform:kubeContext": "2024", "platform:gatewayPort": "2024" }), {
      kubeContext: "2024",
      gatewayPort: 2024,
    });
  });

  it("leave secrets out, however they come", () => {
    const inFile = stackSettings({ "platform:proxmoxToken": { secure: "v1:abc" } });
    const running = stackSettings(
      { "platform:proxmoxToken": "root@pam!x=1" },
      (key) => key === "platform:proxmoxToken",
    );
    assert.deepEqual([inFile, running], [{}, {}]);
  });

  it("are refused where something else is encrypted, without being looked at", () => {
    const settings = { ...committed("dev"), ...stackSettings({ "platform:domain": { secure: "v1:abc" } }) };
    const result = loadEnvironment(definition, settings);
    assert.ok(!result.ok);
    assert.ok(result.problems.map(inBrief).includes("secret domain"));
    assert.ok(!JSON.stringify(result.problems).includes("v1:abc"));
  });
});
