import assert from "node:assert/strict";
import { busyCores } from "../../scripts/lib/bench-idle";

describe("busy processors", () => {
  it("are the busy part of all the time that passed", () => {
    const used = busyCores({ busy: 1000, idle: 5000 }, { busy: 31_000, idle: 95_000 }, 2);
    assert.equal(used, 0.5);
  });
});
