import { createHash, type KeyObject, sign } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier, Extension } from "@peculiar/asn1-x509";
import { algorithmOf, type Curve, curveOf } from "./key";

/** Object identifiers of signatures: RFC 4055 (RSA), RFC 5758 (ECDSA), RFC 8410 (Ed25519). */
const RSA = { oid: "1.2.840.113549.1.1.11", hash: "sha256" };
const ED25519 = { oid: "1.3.101.112", hash: null };
const ECDSA_256 = { oid: "1.2.840.10045.4.3.2", hash: "sha256" };

/** The hash grows with the curve, as in Go's crypto/x509. */
const ECDSA: Readonly<Record<Curve, { readonly oid: string; readonly hash: string }>> = {
  P224: ECDSA_256,
  P256: ECDSA_256,
  P384: { oid: "1.2.840.10045.4.3.3", hash: "sha384" },
  P521: { oid: "1.2.840.10045.4.3.4", hash: "sha512" },
};

/** DER of NULL, which RSA's identifier carries as its parameters (RFC 4055, section 5). */
const NULL = Uint8Array.of(5, 0).buffer;

/** How a key signs: the identifier that goes into the signed structure, and the signature over its DER. */
export interface Signer {
  readonly identifier: AlgorithmIdentifier;
  sign(der: ArrayBuffer): ArrayBuffer;
}

export function signer(key: KeyObject): Signer {
  const algorithm = algorithmOf(key);
  const curve = curveOf(key);
  if (algorithm === "ECDSA" && curve === undefined)
    throw new Error("private keys on this elliptic curve are not supported; use P224, P256, P384 or P521.");
  const { oid, hash } = curve ? ECDSA[curve] : algorithm === "RSA" ? RSA : ED25519;
  return {
    identifier: new AlgorithmIdentifier({ algorithm: oid, ...(algorithm === "RSA" ? { parameters: NULL } : {}) }),
    sign: (der) => arrayBuffer(sign(hash, new Uint8Array(der), key)),
  };
}

export function extension(extnID: string, critical: boolean, value: object): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/** PEM with lines of 64 characters and a line break at the end. */
export function toPem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** Parses the first PEM block of a kind. The error names the input. */
export function fromPem<T>(pem: string, label: string, input: string, type: new () => T): T {
  const body = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(pem)?.[1];
  if (body === undefined) throw new Error(`${input}: there is no "-----BEGIN ${label}-----" block in it.`);
  try {
    return AsnConvert.parse(Buffer.from(body, "base64"), type);
  } catch {
    throw new Error(`${input}: the content of its ${label} block is damaged.`);
  }
}

/** The id that this provider gives to keys and requests. */
export function sha1Hex(der: ArrayBuffer | Buffer): string {
  return createHash("sha1").update(new Uint8Array(der)).digest("hex");
}

export function arrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
