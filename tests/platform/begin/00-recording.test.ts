import { startRecording } from "../../support/flow-recorder";

describe("the pod network", () => {
  it("is recorded from here on", () => startRecording());
});
