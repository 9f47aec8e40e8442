import { createPublicKey, type JsonWebKey, type KeyObject, randomBytes } from "node:crypto";

/** Names of the curves that OpenSSH knows (RFC 5656, section 10.1), by their JSON Web Key names. */
const SSH_CURVES: Readonly<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

/** A public key in OpenSSH's wire format (RFC 4253, section 6.6), with its type; undefined where OpenSSH has none. */
export function opensshPublicBlob(key: KeyObject): { readonly type: string; readonly bytes: Buffer } | undefined {
  const parts = publicParts(key);
  return parts && { type: parts.type, bytes: Buffer.concat([text(parts.type), ...parts.fields]) };
}

/**
 * A private key in OpenSSH's own format, unencrypted and without comment; undefined where OpenSSH has none.
 * Layout: PROTOCOL.key of openssh-portable.
 */
export function opensshPrivateKey(key: KeyObject): string | undefined {
  const parts = publicParts(key);
  const blob = opensshPublicBlob(key);
  if (parts === undefined || blob === undefined) return undefined;
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, text(parts.type), ...privateFields(key, parts.fields), text("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1));
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    text("none"),
    text("none"),
    text(""),
    uint32(1),
    string(blob.bytes),
    string(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

function publicParts(key: KeyObject): { readonly type: string; readonly fields: Buffer[] } | undefined {
  if (key.asymmetricKeyDetails?.namedCurve === "secp224r1") return undefined;
  const jwk = createPublicKey(key).export({ format: "jwk" });
  switch (jwk.kty) {
    case "RSA":
      return { type: "ssh-rsa", fields: [integer(jwk, "e"), integer(jwk, "n")] };
    case "OKP":
      return { type: "ssh-ed25519", fields: [string(field(jwk, "x"))] };
    default: {
      const curve = SSH_CURVES[jwk.crv ?? ""];
      if (curve === undefined) return undefined;
      const point = Buffer.concat([Buffer.from([4]), field(jwk, "x"), field(jwk, "y")]);
      return { type: `ecdsa-sha2-${curve}`, fields: [text(curve), string(point)] };
    }
  }
}

function privateFields(key: KeyObject, publicFields: readonly Buffer[]): Buffer[] {
  const jwk = key.export({ format: "jwk" });
  switch (jwk.kty) {
    case "RSA":
      return (["n", "e", "d", "qi", "p", "q"] as const).map((name) => integer(jwk, name));
    case "OKP":
      return [...publicFields, string(Buffer.concat([field(jwk, "d"), field(jwk, "x")]))];
    default:
      return [...publicFields, integer(jwk, "d")];
  }
}

function field(jwk: JsonWebKey, name: "n" | "e" | "d" | "p" | "q" | "qi" | "x" | "y"): Buffer {
  return Buffer.from(jwk[name] ?? "", "base64url");
}

/** A number as `mpint` (RFC 4251, section 5): no leading zeros, but one where the first bit is set. */
function integer(jwk: JsonWebKey, name: "n" | "e" | "d" | "p" | "q" | "qi"): Buffer {
  const bytes = field(jwk, name);
  const start = bytes.findIndex((byte) => byte !== 0);
  const significant = bytes.subarray(start);
  return string(significant.readUInt8(0) < 0x80 ? significant : Buffer.concat([Buffer.from([0]), significant]));
}

function text(value: string): Buffer {
  return string(Buffer.from(value));
}

function string(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
