import assert from "node:assert/strict";
import { main as trust } from "../../scripts/commands/trust";
import { forgetSteps, listedFiles, type TrustFacts, trustSteps } from "../../scripts/lib/trust";

const FACTS: TrustFacts = {
  platform: "linux",
  certutil: true,
  databases: ["/home/ada/.pki/nssdb"],
  file: "/clone/.platform/gateway-authority.pem",
  name: "platform-abc123",
  listed: true,
  holders: ["/home/ada/.pki/nssdb"],
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

  it("leaves nothing to undo where nothing was done, and else what was done alone", () => {
    const nothing = { ...FACTS, listed: false, holders: [] };
    for (const platform of ["linux", "darwin"] as const) assert.deepEqual(forgetSteps({ ...nothing, platform }), []);
    assert.match(lines(forgetSteps({ ...nothing, listed: true })), /^rm .*\nupdate-ca-certificates --fresh$/);
    assert.match(
      lines(forgetSteps({ ...nothing, holders: FACTS.holders })),
      /^certutil -D .*nssdb -n platform-abc123$/,
    );
  });

  it("needs root for the system's list, and not for the browsers of a user", () => {
    for (const { command, ofRoot } of [...trustSteps(FACTS), ...forgetSteps(FACTS)])
      assert.equal(ofRoot, command !== "certutil", command);
  });

  it("is known by the system's own link too, which is left where the undoing was stopped", () => {
    assert.deepEqual(listedFiles(FACTS), [
      "/usr/local/share/ca-certificates/platform-abc123.crt",
      "/etc/ssl/certs/platform-abc123.pem",
    ]);
  });

  it("cannot be undone and printed at once", async () => {
    const real = console.error;
    console.error = () => {};
    try {
      assert.equal(await trust(["--undo", "--print"]), 2);
    } finally {
      console.error = real;
    }
  });
});
