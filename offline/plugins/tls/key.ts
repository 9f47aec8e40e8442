import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { opensshPrivateKey, opensshPublicBlob } from "./openssh";

export const ALGORITHMS = ["RSA", "ECDSA", "ED25519"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export const CURVES = ["P224", "P256", "P384", "P521"] as const;
export type Curve = (typeof CURVES)[number];

/** OpenSSL's names of the curves. */
const NAMED_CURVES: Record<Curve, string> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};

/** What a `PrivateKey` is made of; `ecdsaCurve` and `rsaBits` count for their algorithm only. */
export interface KeySpec {
  readonly algorithm: Algorithm;
  readonly ecdsaCurve: Curve;
  readonly rsaBits: number;
}

export function generateKey(spec: KeySpec): KeyObject {
  switch (spec.algorithm) {
    case "RSA":
      return generateKeyPairSync("rsa", { modulusLength: spec.rsaBits }).privateKey;
    case "ECDSA":
      return generateKeyPairSync("ec", { namedCurve: NAMED_CURVES[spec.ecdsaCurve] }).privateKey;
    case "ED25519":
      return generateKeyPairSync("ed25519").privateKey;
    default:
      return spec.algorithm satisfies never;
  }
}

/** Reads a private key in PEM (PKCS#1, SEC 1 or PKCS#8). The error names the input and never shows its content. */
export function readPrivateKey(pem: string, input: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(`${input}: this is not an unencrypted private key in PEM. Give the privateKeyPem of a PrivateKey.`);
  }
}

export function algorithmOf(key: KeyObject): Algorithm {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return "RSA";
    case "ec":
      return "ECDSA";
    case "ed25519":
      return "ED25519";
    default:
      throw new Error(`private keys of type ${key.asymmetricKeyType} are not supported; use ${ALGORITHMS.join(", ")}.`);
  }
}

/** The curve of an elliptic key; undefined for other keys. */
export function curveOf(key: KeyObject): Curve | undefined {
  return CURVES.find((curve) => NAMED_CURVES[curve] === key.asymmetricKeyDetails?.namedCurve);
}

/** The public key as a DER SubjectPublicKeyInfo; takes a private or a public key. */
export function publicKeyDer(key: KeyObject): Buffer {
  const publicKey = key.type === "public" ? key : createPublicKey(key);
  return publicKey.export({ type: "spki", format: "der" });
}

/** The outputs of a `PrivateKey` that come from the key itself. OpenSSH knows no P-224: those texts are then empty. */
export function keyOutputs(key: KeyObject) {
  const blob = opensshPublicBlob(key);
  return {
    privateKeyPem: privatePem(key),
    privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }).toString(),
    privateKeyOpenssh: opensshPrivateKey(key) ?? "",
    publicKeyPem: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
    publicKeyOpenssh: blob === undefined ? "" : `${blob.type} ${blob.bytes.toString("base64")}\n`,
    publicKeyFingerprintMd5: blob === undefined ? "" : colons(createHash("md5").update(blob.bytes).digest("hex")),
    publicKeyFingerprintSha256:
      blob === undefined ? "" : `SHA256:${unpadded(createHash("sha256").update(blob.bytes).digest())}`,
  };
}

/** RSA keys as PKCS#1, elliptic ones as SEC 1, Ed25519, which has no form of its own, as PKCS#8. */
function privatePem(key: KeyObject): string {
  const type = ({ RSA: "pkcs1", ECDSA: "sec1", ED25519: "pkcs8" } as const)[algorithmOf(key)];
  return key.export({ type, format: "pem" } as { type: "pkcs8"; format: "pem" }).toString();
}

function colons(hex: string): string {
  return hex.replace(/..(?!$)/g, "$&:");
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
