import assert from "node:assert/strict";
import { serialNumber } from "../../../../offline/plugins/tls/certificate";

// What DER would shorten or read as negative; one certificate in 256 had such a number.
const FIRST_BYTES = [0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0xff];

describe("a serial number", () => {
  for (const first of FIRST_BYTES)
    it(`that begins with ${first} is positive and has no byte too many`, () => {
      const random = Buffer.alloc(16, 0);
      random.writeUInt8(first, 0);
      const serial = serialNumber(random);
      assert.equal(serial.length, 16);
      assert.ok(serial.readUInt8(0) >= 0x40 && serial.readUInt8(0) <= 0x7f);
    });
});
