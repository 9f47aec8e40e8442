import assert from "node:assert/strict";
import fc from "fast-check";
import { bytes, millicores, milliseconds } from "../../environment";
import { canonicalNetwork, formatAddress, overlap, parseAddress, parseNetwork } from "../../environment/addresses";
import { editDistance, nearest } from "../../environment/nearest";
import { suggestBytes, suggestDuration } from "../../environment/quantities";

describe("quantities", () => {
  it("are read in bytes, thousandths of a CPU and milliseconds", () => {
    assert.deepEqual([bytes("1Ki"), bytes("512Mi"), bytes("2Ti")], [1024, 536_870_912, 2_199_023_255_552]);
    assert.deepEqual([millicores("250m"), millicores("2"), millicores("0.5")], [250, 2000, 500]);
    assert.deepEqual([milliseconds("5ms"), milliseconds("90s"), milliseconds("7d")], [5, 90_000, 604_800_000]);
  });

  it("of another form are refused by those who need a number", () => {
    for (const wrong of ["", "0Mi", "1.5Gi", "5", "Gi", "-1Gi", "1 Gi"]) assert.throws(() => bytes(wrong), RangeError);
    for (const wrong of ["", "0", "0.0", "0m", "1.5m", "two"]) assert.throws(() => millicores(wrong), RangeError);
    for (const wrong of ["", "0s", "7", "1w", "1h30m"]) assert.throws(() => milliseconds(wrong), RangeError);
  });

  it("with a usual other unit are understood", () => {
    assert.deepEqual(["512MB", "512m", "512", "2 GiB", "3"].map(suggestBytes), [
      "512Mi",
      "512Mi",
      "512Mi",
      "2Gi",
      undefined,
    ]);
    assert.deepEqual(["7 days", "12hours", "3 weeks"].map(suggestDuration), ["7d", "12h", undefined]);
  });
});

describe("addresses", () => {
  const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });

  it("survive being written and read", () => {
    fc.assert(fc.property(address, (number) => parseAddress(formatAddress(number)) === number));
  });

  it("of another form are none", () => {
    for (const wrong of ["10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.1.1", "", "::1", "10.0.0.1/8"]) {
      assert.equal(parseAddress(wrong), undefined);
    }
  });

  it("of a network are those with its prefix", () => {
    assert.deepEqual(parseNetwork("10.1.2.3/24"), {
      first: parseAddress("10.1.2.0"),
      last: parseAddress("10.1.2.255"),
    });
    assert.deepEqual(parseNetwork("0.0.0.0/0"), { first: 0, last: 2 ** 32 - 1 });
    assert.equal(canonicalNetwork("10.1.2.3/24"), "10.1.2.0/24");
    for (const wrong of ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "x/24"])
      assert.equal(parseNetwork(wrong), undefined);
  });

  it("are shared by networks exactly where one holds the other", () => {
    const prefix = fc.integer({ min: 0, max: 32 });
    fc.assert(
      fc.property(address, prefix, address, prefix, (a, aPrefix, b, bPrefix) => {
        const [one, other] = [
          parseNetwork(`${formatAddress(a)}/${aPrefix}`),
          parseNetwork(`${formatAddress(b)}/${bPrefix}`),
        ];
        assert.ok(one !== undefined && other !== undefined);
        const shared = Math.max(one.first, other.first) <= Math.min(one.last, other.last);
        assert.equal(overlap(one, other), shared);
        const holds = (outer: typeof one, inner: typeof one) => outer.first <= inner.first && inner.last <= outer.last;
        assert.equal(shared, holds(one, other) || holds(other, one));
      }),
    );
  });
});

describe("the nearest name", () => {
  it("is few edits away, a swap of neighbours being one", () => {
    assert.equal(editDistance("kafka", "kafak"), 1);
    assert.equal(editDistance("", "abc"), 3);
    assert.equal(nearest("partitons", ["partitions", "retention"]), "partitions");
    assert.equal(nearest("KUBECONTEXT", ["kubeContext"]), "kubeContext");
  });

  it("is none where nothing is near", () => {
    assert.equal(nearest("colour", ["partitions", "retention"]), undefined);
    assert.equal(nearest("x".repeat(10_000), ["partitions"]), undefined);
  });

  it("is a distance: none to itself, the same both ways", () => {
    const text = fc.string({ maxLength: 12 });
    fc.assert(fc.property(text, (a) => editDistance(a, a) === 0));
    fc.assert(fc.property(text, text, (a, b) => editDistance(a, b) === editDistance(b, a)));
  });
});
