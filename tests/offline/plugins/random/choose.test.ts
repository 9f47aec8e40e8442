import assert from "node:assert/strict";
import fc from "fast-check";
import { below, seededBytes, shuffled, systemBytes } from "../../../../offline/plugins/random/choose";

describe("random choice", () => {
  it("stays below the limit, whatever the limit", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.maxSafeInteger().map(Math.abs)), (limit) => {
        fc.pre(limit > 0);
        const value = below(limit, systemBytes);
        assert.ok(Number.isSafeInteger(value) && value >= 0 && value < limit);
      }),
    );
  });

  it("draws again instead of folding values beyond the limit", () => {
    const drawn = [7, 6, 5, 4].values();
    assert.equal(
      below(5, () => Buffer.from([drawn.next().value ?? 0])),
      4,
    );
  });

  it("gives the same values for the same seed, in pieces of any size, and others for another", () => {
    const whole = seededBytes("seed")(100);
    const inPieces = seededBytes("seed");
    assert.deepEqual(Buffer.concat([inPieces(1), inPieces(40), inPieces(59)]), whole);
    assert.notDeepEqual(seededBytes("other")(100), whole);
  });

  it("shuffles without loss", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (values) => {
        assert.deepEqual(shuffled(values, systemBytes).sort(), [...values].sort());
      }),
    );
  });

  it("reaches every order", () => {
    const orders = new Set(Array.from({ length: 600 }, () => shuffled(["a", "b", "c", "d"], systemBytes).join("")));
    assert.equal(orders.size, 24);
  });
});
