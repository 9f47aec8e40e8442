import assert from "node:assert/strict";
import { ownPassphrase } from "../../scripts/lib/passphrase";

describe("a passphrase of the user's own", () => {
  const FILE = "/clone/.platform/passphrase";
  for (const [env, variable] of [
    [{}, undefined],
    [{ PULUMI_CONFIG_PASSPHRASE_FILE: FILE }, undefined],
    [{ PULUMI_CONFIG_PASSPHRASE_FILE: "/mine" }, "PULUMI_CONFIG_PASSPHRASE_FILE"],
    [{ PULUMI_CONFIG_PASSPHRASE: "", PULUMI_CONFIG_PASSPHRASE_FILE: FILE }, "PULUMI_CONFIG_PASSPHRASE"],
  ] as const)
    it(`of ${JSON.stringify(env)} is ${variable ?? "none"}`, () => assert.equal(ownPassphrase(env, FILE), variable));
});
