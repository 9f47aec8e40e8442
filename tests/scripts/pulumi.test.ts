import assert from "node:assert/strict";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Clone, removeClones } from "../support/clone";

const SALT = "v1:c2FsdA==:v1:bm9uY2U:dGV4dA==";
const STATE = JSON.stringify({
  version: 3,
  checkpoint: {
    latest: { manifest: {}, secrets_providers: { type: "passphrase", state: { salt: SALT } }, resources: [] },
  },
});
const STACK_FILE = "# what differs\nconfig:\n  platform:target: dev\n";

/** A clone with a stack `dev` in its own backend. */
function withStack(): Clone {
  const clone = new Clone("twin");
  clone.write(".platform/bin/pulumi", `#!/bin/sh\nexec "$(dirname "$0")/../../scripts/lib/pulumi" "$@"\n`, 0o755);
  clone.write("Pulumi.dev.yaml", STACK_FILE);
  clone.write(".platform/state/.pulumi/stacks/platform/dev.json", STATE);
  return clone;
}

/** Runs `pulumi ARGS` in a clone, in the environment of scripts/env. */
const pulumi = (clone: Clone, args: string, env: Record<string, string> = {}) =>
  clone.sh(`eval "$(scripts/env)" && ${args}`, env);

describe("the pulumi of .platform/bin", () => {
  after(removeClones);

  const commands = [
    "pulumi up -s dev",
    "pulumi up --yes --stack dev",
    "pulumi preview --stack=dev",
    "pulumi refresh -sdev",
    "pulumi destroy -s organization/platform/dev",
    "pulumi --color always --non-interactive up -s dev",
    "PULUMI_OPTION_STACK=dev pulumi up",
    "cd home && pulumi -C .. up -s dev",
    "PULUMI_CONFIG_PASSPHRASE=x pulumi up -s dev",
    "PULUMI_CONFIG_PASSPHRASE_FILE=/mine pulumi up -s dev",
    "cd scripts && pulumi up -s dev",
  ];
  for (const command of commands)
    it(`gives \`${command}\` the stack's file with the salt of the state, and changes no argument`, () => {
      const clone = withStack();
      assert.deepEqual(pulumi(clone, command), { status: 0, stdout: "", stderr: "" });
      const [call] = clone.calls();
      assert.equal(call?.configFile, join(clone.platform, "stack-files", "Pulumi.dev.yaml"));
      assert.equal(clone.read(".platform/stack-files/Pulumi.dev.yaml"), `${STACK_FILE}\nencryptionsalt: ${SALT}\n`);
      assert.equal(call?.args.join(" "), command.replace(/^.*?pulumi /, ""));
      assert.equal(clone.read("Pulumi.dev.yaml"), STACK_FILE);
    });

  it("knows the selected stack", () => {
    const clone = withStack();
    const lines = `id=$(printf %s "$PWD/Pulumi.yaml" | sha1sum | cut -c1-40); mkdir -p .platform/pulumi/workspaces
      printf '{\\n "stacks": {\\n "file://%s/.platform/state?metadata=skip": "organization/platform/dev"\\n }\\n}' "$PWD" >".platform/pulumi/workspaces/platform-$id-workspace.json"`;
    clone.sh(lines);
    pulumi(clone, "pulumi up");
    assert.match(clone.calls()[0]?.configFile ?? "", /Pulumi\.dev\.yaml$/);
  });

  it("reads the stack's file anew each time", () => {
    const clone = withStack();
    pulumi(clone, "pulumi up -s dev");
    clone.write("Pulumi.dev.yaml", "config: {}\n");
    pulumi(clone, "pulumi up -s dev");
    assert.match(clone.read(".platform/stack-files/Pulumi.dev.yaml"), /^config: \{\}\n/);
  });

  const bare: [string, string, ((clone: Clone) => void)?][] = [
    ["a command that reads no config", "pulumi stack output -s dev"],
    ["a change of the config", "pulumi config set a b -s dev"],
    ["config on the command line, which is saved", "pulumi up -s dev -c a=b"],
    ["a config file of the user's own", "pulumi up -s dev --config-file=mine.yaml"],
    ["a stack that is not there", "pulumi up -s other"],
    ["no stack at all", "pulumi up"],
    [
      "a backend and a passphrase of the user's own",
      "PULUMI_BACKEND_URL=file:///mine PULUMI_CONFIG_PASSPHRASE=x pulumi up -s dev",
    ],
    ["another project", "mkdir p && cp Pulumi.yaml p && cd p && pulumi up -s dev"],
    ["a folder that is not there", "pulumi -C nowhere up -s dev"],
    [
      "a salt of the user's own",
      "pulumi up -s dev",
      (clone) => clone.write("Pulumi.dev.yaml", "encryptionsalt: v1:own\n"),
    ],
    [
      "a secrets provider",
      "pulumi up -s dev",
      (clone) => clone.write("Pulumi.dev.yaml", "secretsprovider: awskms://x\n"),
    ],
    [
      "a state without a salt",
      "pulumi up -s dev",
      (clone) => clone.write(".platform/state/.pulumi/stacks/platform/dev.json", "{}"),
    ],
  ];
  for (const [what, command, arrange] of bare)
    it(`runs the bare CLI for ${what}`, () => {
      const clone = withStack();
      arrange?.(clone);
      const before = clone.read("Pulumi.dev.yaml");
      assert.equal(pulumi(clone, command).status, 0);
      assert.equal(clone.calls()[0]?.configFile, "");
      assert.equal(clone.read("Pulumi.dev.yaml"), before);
    });

  it("takes away a salt that the state holds too", () => {
    const clone = withStack();
    clone.write("Pulumi.dev.yaml", `${STACK_FILE}encryptionsalt: ${SALT}\n`);
    pulumi(clone, "pulumi up -s dev");
    assert.equal(clone.read("Pulumi.dev.yaml"), STACK_FILE);
  });

  it("makes a stack beside an empty project and selects it", () => {
    const clone = withStack();
    rmSync(join(clone.platform, "state"), { recursive: true });
    assert.equal(pulumi(clone, "pulumi stack init dev").status, 0);
    const [init, select] = clone.calls();
    assert.deepEqual(init?.args.slice(2), ["stack", "init", "dev", "--no-select"]);
    assert.ok(init?.folder.startsWith(join(clone.platform, "stack-files")));
    assert.deepEqual(select?.args.slice(-3), ["stack", "select", "dev"]);
  });

  it("does not select a new stack where that is not wanted", () => {
    const clone = withStack();
    assert.equal(pulumi(clone, "pulumi stack init other --no-select").status, 0);
    assert.equal(clone.calls().length, 1);
  });

  it("passes on what the CLI exits with", () => {
    const clone = withStack();
    assert.equal(pulumi(clone, "pulumi up -s dev", { FAIL_WITH: "7" }).status, 7);
    assert.equal(pulumi(clone, "pulumi stack init x", { FAIL_WITH: "7" }).status, 7);
  });

  it("keeps arguments whole", () => {
    const clone = withStack();
    pulumi(clone, "pulumi up -s dev -m 'two  words' ''");
    assert.deepEqual(clone.calls()[0]?.args, ["up", "-s", "dev", "-m", "two  words", ""]);
  });

  it("refuses twins on a real backend", () => {
    const clone = withStack();
    for (const given of ["PULUMI_BACKEND_URL=s3://bucket", "PULUMI_BACKEND_URL= PULUMI_ACCESS_TOKEN=x"]) {
      const { status, stderr } = pulumi(clone, `${given} pulumi up -s dev`);
      assert.equal(status, 1);
      assert.match(stderr, /twins/);
    }
  });

  it("says what to run where no CLI is set up", () => {
    const clone = withStack();
    chmodSync(join(clone.platform, "cli", "pulumi"), 0o644);
    rmSync(join(clone.platform, "cli", "pulumi"));
    const { status, stderr } = pulumi(clone, "pulumi up");
    assert.equal(status, 1);
    assert.match(stderr, /scripts\/setup-tools/);
  });
});
