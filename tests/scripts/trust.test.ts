import assert from "node:assert/strict";
import { forgetSteps, type TrustFacts, trustSteps } from "../../scripts/lib/trust";

const FACTS: TrustFacts = {
  platform: "linux",
  certutil: true,
  databases: ["/home/ada/.pki/nssdb"],
  file: "/clone/.platform/gateway-authority.pem",
  name: "platform-abc123",
};
const lines = (steps: ReturnType<typeof trustSteps>) =>
  steps.map(({ command, args }) => [command, ...args].join(" ")).join("\n");

describe("trusting the gateway's authority", () => {
  it("takes it into the system's list and every browser database, under the clone's own name", () => {
    const text = lines(trustSteps(FACTS));
    assert.match(text, /platform-abc123\.crt/);
    assert.match(text, /update-ca-certificates/);
    assert.match(text, /certutil -A -d sql:\/home\/ada\/\.pki\/nssdb/);
  });

  it("does without certutil where it is not there", () => {
    assert.doesNotMatch(lines(trustSteps({ ...FACTS, certutil: false })), /certutil/);
  });

  for (const platform of ["linux", "darwin"] as const)
    it(`is undone step by step on ${platform}`, () => {
      const facts = { ...FACTS, platform };
      assert.equal(forgetSteps(facts).length, trustSteps(facts).length);
      for (const { what } of [...trustSteps(facts), ...forgetSteps(facts)]) assert.notEqual(what, "");
    });
});
