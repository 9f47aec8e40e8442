import assert from "node:assert/strict";
import { patient } from "../../scripts/lib/patient-kubectl";

/** A kubectl that fails in these ways, one after the other, and then answers. */
const failing =
  (...reasons: string[]) =>
  async () => {
    const reason = reasons.shift();
    if (reason !== undefined) throw new Error(reason);
    return "answer";
  };

describe("a patient kubectl", () => {
  it("asks again while nobody answers", async () => {
    const refused = "The connection to the server 127.0.0.1:6443 was refused - connection refused";
    assert.equal(await patient(failing(refused))(["get", "pods"]), "answer");
  });

  it("gives up at once where the answer is no", () =>
    assert.rejects(patient(failing('Error from server (NotFound): pods "a" not found'))(["get", "pods"]), /NotFound/));
});
