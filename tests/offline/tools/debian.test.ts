import assert from "node:assert/strict";
import { installCommand, missingFrom } from "../../../offline/tools/debian";

describe("the Debian packages that are missing", () => {
  const answer = "runc install ok installed\nsocat deinstall ok config-files\nnft unknown ok not-installed\n";

  it("are those that are unknown, removed or half installed, each once", () => {
    assert.deepEqual(missingFrom(["runc", "socat", "nft", "s6", "s6"], answer), ["socat", "nft", "s6"]);
  });

  it("are none where all are installed, and all where dpkg knows none", () => {
    assert.deepEqual(missingFrom(["runc"], answer), []);
    assert.deepEqual(missingFrom(["runc"], ""), ["runc"]);
  });

  it("stand in the command that a person without root is told", () => {
    assert.ok(installCommand(["a", "b"]).endsWith(" a b"));
  });
});
