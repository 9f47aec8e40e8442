import assert from "node:assert/strict";
import type { Finished } from "../../scripts/lib/run";
import { WorkingCopy } from "../support/working-copy";

const PREVIEW = "pulumi preview --json --non-interactive --stack dev";

interface Step {
  readonly urn: string;
  readonly newState?: {
    readonly inputs: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
  };
}

/** The program through the real engine: a copy of the repository, no cluster. */
describe("pulumi preview -s dev", () => {
  let copy: WorkingCopy;
  before(async () => {
    copy = new WorkingCopy();
    const { code, stdout, stderr } = await copy.shell("pulumi stack init dev --no-select");
    assert.equal(code, 0, `${stdout}\n${stderr}`);
  });
  after(() => copy.remove());

  const roleOf = ({ code, stdout, stderr }: Finished) => {
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    const steps: readonly Step[] = JSON.parse(stdout).steps;
    const service = steps.find(({ urn }) => urn.endsWith("v1:Service::valkey-service"));
    return service?.newState?.inputs.metadata?.labels?.["app.kubernetes.io/component"];
  };

  it("shows an edited component without a build step", async () => {
    assert.equal(roleOf(await copy.shell(PREVIEW)), "broker");
    copy.edit("components/valkey-broker/valkey-broker.ts", '"broker"', '"edited"');
    try {
      assert.equal(roleOf(await copy.shell(PREVIEW)), "edited");
    } finally {
      copy.edit("components/valkey-broker/valkey-broker.ts", '"edited"', '"broker"');
    }
  });

  it("refuses a resource without a provider", async () => {
    copy.edit(
      "stacks/platform.ts",
      "export async function buildPlatform(",
      'new (require("@pulumi/kubernetes").core.v1.ConfigMap)("stray", {});\nexport async function buildPlatform(',
    );
    try {
      const { code, stdout, stderr } = await copy.shell("pulumi preview --non-interactive --stack dev");
      assert.notEqual(code, 0);
      assert.match(
        stdout + stderr,
        /Default provider for 'kubernetes' disabled\. '\S+::stray' must use an explicit provider/,
      );
    } finally {
      copy.edit("stacks/platform.ts", 'new (require("@pulumi/kubernetes").core.v1.ConfigMap)("stray", {});\n', "");
    }
  });

  for (const command of ["preview", "refresh --yes", "stack output", "destroy --yes"])
    it(`git status is clean after pulumi ${command}`, async () => {
      const { code, stdout, stderr } = await copy.shell(`pulumi ${command} --non-interactive --stack dev`);
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      assert.equal(copy.status(), "");
    });
});
