import assert from "node:assert/strict";
import { ClusterGone, noticingItsEnd } from "../../scripts/lib/kubectl";

describe("a kubectl whose answer is an error", () => {
  const failing = () => Promise.reject(new Error("stat kubeconfig: no such file or directory"));

  it("passes it on while the cluster is there", () =>
    assert.rejects(noticingItsEnd(failing, __filename)(["get", "pods"]), /stat kubeconfig/));

  it("says that the cluster went away where its kubeconfig did, and what brings it back", () =>
    assert.rejects(
      noticingItsEnd(failing, "/nonexistent/kubeconfig")(["get", "pods"]),
      (error: Error) =>
        error instanceof ClusterGone && /\/nonexistent\/kubeconfig is gone.*make up/.test(error.message),
    ));
});
