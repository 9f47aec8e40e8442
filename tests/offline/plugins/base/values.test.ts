import assert from "node:assert/strict";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import {
  fromWire,
  hasUnknown,
  reveal,
  Secret,
  secretLike,
  toPlain,
  toWire,
  UNKNOWN,
  type Value,
  wire,
} from "../../../../offline/plugins/base/values";

describe("plugin values", () => {
  it("uses the SDK's own marks", () => {
    assert.deepEqual(wire, {
      signature: rpc.specialSigKey,
      secret: rpc.specialSecretSig,
      output: rpc.specialOutputValueSig,
      unknown: rpc.unknownValue,
    });
  });

  it("reads what it writes, at every depth", () => {
    const value: Value = { a: [1, new Secret("s"), { b: UNKNOWN }], c: null, d: new Secret({ e: UNKNOWN }) };
    assert.deepEqual(fromWire(toWire(value)), value);
  });

  it("reads output values as secrets and unknowns", () => {
    const output = { [wire.signature]: wire.output, secret: true, dependencies: [] };
    assert.deepEqual(fromWire({ ...output, value: 1 }), new Secret(1));
    assert.deepEqual(fromWire(output), new Secret(UNKNOWN));
    assert.equal(fromWire({ ...output, secret: false }), UNKNOWN);
  });

  it("marks what was secret before", () => {
    const marked = secretLike({ a: [1, 2], b: { c: 3, d: 4 } }, { a: [0, new Secret(0)], b: new Secret({}) });
    assert.deepEqual(marked, { a: [1, new Secret(2)], b: new Secret({ c: 3, d: 4 }) });
    assert.deepEqual(reveal(marked), { a: [1, 2], b: { c: 3, d: 4 } });
  });

  it("makes no JSON of what is unknown", () => {
    assert.ok(hasUnknown({ a: new Secret([UNKNOWN]) }));
    assert.throws(() => toPlain({ a: UNKNOWN }));
  });
});
