import assert from "node:assert/strict";
import fc from "fast-check";
import { systemBytes } from "../../../../offline/plugins/random/choose";
import { randomText, type TextSpec, textProblems } from "../../../../offline/plugins/random/text";

const specs = fc
  .record({
    length: fc.integer({ min: 1, max: 60 }),
    upper: fc.boolean(),
    lower: fc.boolean(),
    numeric: fc.boolean(),
    special: fc.boolean(),
    minUpper: fc.integer({ min: 0, max: 8 }),
    minLower: fc.integer({ min: 0, max: 8 }),
    minNumeric: fc.integer({ min: 0, max: 8 }),
    minSpecial: fc.integer({ min: 0, max: 8 }),
    overrideSpecial: fc.constantFrom("", "_", "-+", "äöü€"),
  })
  .filter((spec: TextSpec) => textProblems(spec).length === 0);

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

describe("random text", () => {
  it("has the demanded length and at least the demanded characters of each kind", () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const text = randomText(spec, systemBytes);
        const [upper, lower, numeric] = [count(text, /[A-Z]/g), count(text, /[a-z]/g), count(text, /[0-9]/g)];
        const special = spec.length - upper - lower - numeric;
        assert.equal([...text].length, spec.length);
        assert.ok(upper >= spec.minUpper && lower >= spec.minLower);
        assert.ok(numeric >= spec.minNumeric && special >= spec.minSpecial);
        if (!spec.upper) assert.equal(upper, spec.minUpper);
        if (!spec.lower) assert.equal(lower, spec.minLower);
        if (!spec.numeric) assert.equal(numeric, spec.minNumeric);
        if (!spec.special) assert.equal(special, spec.minSpecial);
        if (spec.overrideSpecial === "_") assert.match(text, /^\w*$/);
      }),
    );
  });

  it("chooses every character about equally often, at every place", () => {
    const spec = { ...defaults, special: false, upper: false, numeric: false, length: 26, minLower: 0 };
    const rounds = 2000;
    const seen = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const text = randomText(spec, systemBytes);
      for (const character of [`first ${text.charAt(0)}`, ...text]) seen.set(character, (seen.get(character) ?? 0) + 1);
    }
    for (const letter of "abcdefghijklmnopqrstuvwxyz") {
      // Expected 2000 each, standard deviation 44: seven of them never happen by chance.
      assert.ok(Math.abs((seen.get(letter) ?? 0) - rounds) < 310, `${letter}: ${seen.get(letter)}`);
      assert.ok((seen.get(`first ${letter}`) ?? 0) > 15, `first ${letter}: ${seen.get(`first ${letter}`)}`);
    }
  });

  it("does not leave the demanded characters at the front", () => {
    const spec = { ...defaults, length: 20, upper: false, special: false, numeric: false, minUpper: 1 };
    const places = new Set(Array.from({ length: 400 }, () => randomText(spec, systemBytes).search(/[A-Z]/)));
    assert.ok(places.size > 15);
  });
});

const defaults: TextSpec = {
  length: 16,
  upper: true,
  lower: true,
  numeric: true,
  special: true,
  minUpper: 0,
  minLower: 0,
  minNumeric: 0,
  minSpecial: 0,
  overrideSpecial: "",
};
