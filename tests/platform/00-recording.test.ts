import { recording } from "../support/recording";

describe("the pod network", () => {
  it("is recorded from here on", async () => {
    await recording();
  });
});
