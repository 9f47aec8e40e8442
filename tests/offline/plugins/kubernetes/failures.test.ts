import assert from "node:assert/strict";
import { toUserError } from "../../../../offline/plugins/kubernetes/failures";
import { ApiError, Unreachable } from "../../../../offline/plugins/kubernetes/rest";

const JOB = { kind: "Job", metadata: { name: "x", namespace: "n" } };

describe("an error for the user", () => {
  it("says what to do about an object that has gone, in a sentence of its own", () => {
    const gone = new ApiError(404, { message: 'jobs.batch "x" not found' });
    assert.equal(
      toUserError(gone, {}, "changed", JOB).message,
      'Job "n/x" was not changed: jobs.batch "x" not found. Run `pulumi refresh` if it was deleted behind Pulumi\'s back.',
    );
  });

  it("says what to do about a cluster that has gone, in a sentence of its own", () =>
    assert.match(
      toUserError(new Unreachable("no answer"), {}, "read", JOB).message,
      /: no answer\. If the cluster is/,
    ));
});
