import type { Bytes } from "./choose";

/** A UUID of version 4 (RFC 9562, section 5.4). */
export function uuid4(bytes: Bytes): string {
  return format(bytes(16), 4);
}

/** A UUID of version 7 (RFC 9562, section 5.7). `now`: milliseconds since 1970. */
export function uuid7(bytes: Bytes, now: number): string {
  const raw = Buffer.from(bytes(16));
  raw.writeUIntBE(now, 0, 6);
  return format(raw, 7);
}

/** Whether a text is a UUID of any version, as it is accepted by an import. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function format(random: Buffer, version: number): string {
  const raw = Buffer.from(random);
  raw.writeUInt8((raw.readUInt8(6) & 0x0f) | (version << 4), 6);
  raw.writeUInt8((raw.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = raw.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
