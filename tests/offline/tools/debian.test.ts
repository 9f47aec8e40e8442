import assert from "node:assert/strict";
import { installCommand, missingFrom, missingPackages } from "../../../offline/tools/debian";

describe("the Debian packages that are missing", () => {
  const answer = "runc install ok installed\nsocat deinstall ok config-files\nnft unknown ok not-installed\n";

  it("are those that are unknown, removed or half installed, each once", () => {
    assert.deepEqual(missingFrom(["runc", "socat", "nft", "s6", "s6"], answer), ["socat", "nft", "s6"]);
  });

  it("are none where all are installed, and all where dpkg knows none", () => {
    assert.deepEqual(missingFrom(["runc"], answer), []);
    assert.deepEqual(missingFrom(["runc"], ""), ["runc"]);
  });

  it("are named once each where there is no dpkg to ask", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "";
    try {
      await assert.rejects(missingPackages(["runc", "s6", "runc"]), /no Debian.*: runc s6$/);
    } finally {
      process.env["PATH"] = path;
    }
  });

  it("stand in the command that a person without root is told", () => {
    assert.ok(installCommand(["a", "b"]).endsWith(" a b"));
  });
});
