import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync } from "node:fs";
import { Clone, removeClones } from "../support/clone";

const shells = ["sh", "dash", "bash", "zsh"].filter((shell) => spawnSync(shell, ["-c", ":"]).status === 0);

describe("scripts/env", () => {
  after(removeClones);

  for (const shell of shells)
    it(`gives ${shell} a path, a home, a backend and a passphrase, also where the path has a quote and blanks`, () => {
      const clone = new Clone("twin");
      const env = clone.evaluated({}, shell);
      assert.equal(env["PATH"]?.split(":")[0], `${clone.platform}/bin`);
      assert.equal(env["PULUMI_HOME"], `${clone.platform}/pulumi`);
      assert.equal(env["PULUMI_BACKEND_URL"], `file://${clone.platform}/state?metadata=skip`);
      assert.equal(env["PULUMI_CONFIG_PASSPHRASE_FILE"], `${clone.platform}/passphrase`);
      assert.equal(env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], "true");
      assert.ok(existsSync(`${clone.platform}/state`));
    });

  it("makes a passphrase of 32 random bytes once, for its owner alone", () => {
    const clone = new Clone("twin");
    clone.evaluated();
    const first = clone.read(".platform/passphrase");
    assert.equal(Buffer.from(first, "base64").length, 32);
    assert.equal(statSync(`${clone.platform}/passphrase`).mode & 0o777, 0o600);
    clone.evaluated();
    assert.equal(clone.read(".platform/passphrase"), first);
    assert.notEqual(
      new Clone("twin").sh("scripts/env; cat .platform/passphrase").stdout.split("\n").at(-2),
      first.trim(),
    );
  });

  it("prints export and comment lines only, and no secret", () => {
    const clone = new Clone("twin");
    const { stdout } = clone.sh("scripts/env");
    for (const line of stdout.trim().split("\n")) assert.match(line, /^(export [A-Z_]+=|# )/);
    assert.ok(!stdout.includes(clone.read(".platform/passphrase").trim()));
  });

  it("changes nothing when it is evaluated twice", () => {
    const clone = new Clone("twin");
    const twice = clone.sh(
      'eval "$(scripts/env)"; env | sort >one; eval "$(scripts/env)"; env | sort >two; diff one two',
    );
    assert.deepEqual([twice.status, twice.stdout, twice.stderr], [0, "", ""]);
  });

  it("takes its own backend for its own, also as a shell has it that was opened by an older version", () => {
    const clone = new Clone("twin");
    const own = `file://${clone.platform}/state`;
    for (const PULUMI_BACKEND_URL of [own, `${own}?metadata=skip`])
      assert.equal(clone.evaluated({ PULUMI_BACKEND_URL })["PULUMI_BACKEND_URL"], `${own}?metadata=skip`);
  });

  it("gives kubectl the one-node cluster, but not in place of a kubeconfig of the user's own", () => {
    const clone = new Clone("twin");
    const HOME = clone.platform;
    assert.equal(clone.evaluated({ HOME })["KUBECONFIG"], undefined);
    clone.sh("touch .platform/kubeconfig");
    assert.equal(clone.evaluated({ HOME })["KUBECONFIG"], `${clone.platform}/kubeconfig`);
    assert.equal(clone.evaluated({ HOME, KUBECONFIG: "/mine" })["KUBECONFIG"], "/mine");
    clone.sh("mkdir .platform/.kube; touch .platform/.kube/config");
    assert.equal(clone.evaluated({ HOME })["KUBECONFIG"], undefined);
  });

  const own: [string, Record<string, string>, string[], string[]][] = [
    ["a backend", { PULUMI_BACKEND_URL: "s3://bucket" }, [], ["PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_HOME"]],
    ["an access token", { PULUMI_ACCESS_TOKEN: "pul-1" }, [], ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE"]],
    ["a passphrase", { PULUMI_CONFIG_PASSPHRASE: "" }, ["PULUMI_BACKEND_URL"], ["PULUMI_CONFIG_PASSPHRASE_FILE"]],
    [
      "a passphrase file",
      { PULUMI_CONFIG_PASSPHRASE_FILE: "/mine" },
      ["PULUMI_BACKEND_URL"],
      ["PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"],
    ],
  ];
  for (const [what, given, set, unset] of own)
    it(`never overrides ${what} of the user's own, and says why in a comment`, () => {
      const clone = new Clone("official");
      const env = clone.evaluated(given);
      for (const [name, value] of Object.entries(given)) assert.equal(env[name], value);
      for (const name of set) assert.ok(env[name], name);
      for (const name of unset) assert.equal(env[name], given[name], name);
      assert.match(clone.sh("scripts/env", given).stdout, /^# .*yours/m);
    });

  it("leaves the backend of `pulumi login` to official Pulumi", () => {
    const clone = new Clone("official");
    clone.write("home/.pulumi/credentials.json", '{\n  "current": "https://example.org"\n}');
    assert.equal(clone.evaluated()["PULUMI_BACKEND_URL"], undefined);
    assert.ok(new Clone("official").evaluated()["PULUMI_BACKEND_URL"]);
  });

  it("gives official Pulumi its own home and plugins", () => {
    const clone = new Clone("official");
    assert.equal(clone.evaluated()["PULUMI_HOME"], undefined);
    const after = clone.evaluated({ PULUMI_HOME: `${clone.platform}/pulumi` });
    assert.equal(after["PULUMI_HOME"], `${clone.home}/.pulumi`);
    assert.equal(after["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], "false");
  });

  for (const given of [{ PULUMI_BACKEND_URL: "s3://bucket" }, { PULUMI_ACCESS_TOKEN: "pul-1" }])
    it(`refuses to mix twins with ${Object.keys(given)}, and eval fails`, () => {
      const clone = new Clone("twin");
      const { status, stderr } = clone.sh('eval "$(scripts/env)"', given);
      assert.notEqual(status, 0);
      assert.match(stderr, /twins/);
      assert.equal(clone.evaluated(given)["PULUMI_HOME"], undefined);
    });

  it("fails eval where the state cannot be written", () => {
    const clone = new Clone("twin");
    clone.write(".platform/state", "a file");
    const { status, stdout, stderr } = clone.sh('eval "$(scripts/env)"; echo "$?"');
    assert.deepEqual([status, stdout], [0, "1\n"]);
    assert.match(stderr, /^env: the folder of the state cannot be made/m);
  });

  it("says where eval does not swallow it that the tools are not there yet", () => {
    const clone = new Clone();
    assert.equal(clone.sh('eval "$(scripts/env)"').stderr, "");
    rmSync(`${clone.platform}/cli`, { recursive: true });
    const { status, stderr } = clone.sh('eval "$(scripts/env)"');
    assert.equal(status, 0);
    assert.match(stderr, /tools are not there yet: make setup-tools/);
  });

  it("warns where twins are to work on a folder of the user's own", () => {
    const { status, stderr } = new Clone("twin").sh('eval "$(scripts/env)"', {
      PULUMI_BACKEND_URL: "file:///tmp/mine",
    });
    assert.equal(status, 0);
    assert.match(stderr, /warning/);
  });

  it("knows --help, and exits with 2 on anything else", () => {
    const clone = new Clone();
    assert.deepEqual(clone.sh("scripts/env --help").status, 0);
    assert.deepEqual(clone.sh("scripts/env --nonsense").status, 2);
    assert.deepEqual(clone.sh('eval "$(scripts/env --nonsense)"').status, 1);
  });

  it("takes less than 0.3 seconds", () => {
    const clone = new Clone("twin");
    const times = Array.from({ length: 5 }, () => {
      const since = performance.now();
      clone.sh("scripts/env");
      return performance.now() - since;
    });
    assert.ok(Math.min(...times) < 300, `${times} ms`);
  });
});
