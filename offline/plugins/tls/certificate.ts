import { type KeyObject, randomBytes } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  type Extension,
  Extensions,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  type Name,
  type SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";
import { arrayBuffer, extension, sha1Hex, signer, toPem } from "./encoding";
import { publicKeyDer } from "./key";
import { extendedKeyUsage, keyUsage } from "./uses";

/** For whom and how a certificate is issued. Times are the caller's, so that a certificate is a function of its input. */
export interface CertificateSpec {
  readonly subject: Name;
  readonly names: SubjectAlternativeName | undefined;
  readonly allowedUses: readonly string[];
  readonly isCaCertificate: boolean;
  /** Certificates that may follow below this authority; negative for no limit. Ignored unless it is an authority. */
  readonly maxPathLength: number;
  readonly setSubjectKeyId: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Who signs: the private key, the name, and the key identifier that goes into the certificate, if any. */
export interface Issuer {
  readonly key: KeyObject;
  readonly name: Name;
  readonly keyId: KeyIdentifier | undefined;
}

/** The certificate in PEM, and its serial number in decimal. */
export interface IssuedCertificate {
  readonly pem: string;
  readonly serialNumber: string;
}

/**
 * 16 bytes as a serial number: the first bit 0, so that it is positive, and the second 1, so that no byte is superfluous. DER allows
 * neither a sign nor a leading byte more than needed, and OpenSSL refuses the rest with "illegal padding" (X.690, 8.3.2).
 */
export function serialNumber(random: Buffer): Buffer {
  const serial = Buffer.from(random);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  return serial;
}

/** Issues a certificate for a public key. */
export function issueCertificate(spec: CertificateSpec, publicKey: KeyObject, issuer: Issuer): IssuedCertificate {
  const serial = serialNumber(randomBytes(16));
  const { identifier, sign } = signer(issuer.key);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: arrayBuffer(serial),
    signature: identifier,
    issuer: issuer.name,
    validity: new Validity({ notBefore: spec.notBefore, notAfter: spec.notAfter }),
    subject: spec.subject,
    subjectPublicKeyInfo: AsnConvert.parse(publicKeyDer(publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions(extensions(spec, publicKey, issuer)),
  });
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: identifier,
    signatureValue: sign(AsnConvert.serialize(tbsCertificate)),
  });
  return {
    pem: toPem("CERTIFICATE", AsnConvert.serialize(certificate)),
    serialNumber: BigInt(`0x${serial.toString("hex")}`).toString(),
  };
}

/** In the order in which Go's crypto/x509 writes them. */
function extensions(spec: CertificateSpec, publicKey: KeyObject, issuer: Issuer): Extension[] {
  const uses = keyUsage(spec.allowedUses);
  const extendedUses = extendedKeyUsage(spec.allowedUses);
  const limited = spec.isCaCertificate && spec.maxPathLength >= 0;
  const basic = new BasicConstraints({
    cA: spec.isCaCertificate,
    ...(limited ? { pathLenConstraint: spec.maxPathLength } : {}),
  });
  const identified = spec.isCaCertificate || spec.setSubjectKeyId;
  return [
    ...(uses ? [extension(id_ce_keyUsage, true, uses)] : []),
    ...(extendedUses ? [extension(id_ce_extKeyUsage, false, extendedUses)] : []),
    extension(id_ce_basicConstraints, true, basic),
    ...(identified ? [extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId(publicKey)))] : []),
    ...(issuer.keyId
      ? [extension(id_ce_authorityKeyIdentifier, false, new AuthorityKeyIdentifier({ keyIdentifier: issuer.keyId }))]
      : []),
    // RFC 5280, section 4.1.2.6: critical where the subject is empty.
    ...(spec.names ? [extension(id_ce_subjectAltName, spec.subject.length === 0, spec.names)] : []),
  ];
}

/** The key identifier of a public key: SHA-1 over its bit string (RFC 5280, section 4.2.1.2, method 1). */
export function keyId(publicKey: KeyObject): KeyIdentifier {
  const { subjectPublicKey } = AsnConvert.parse(publicKeyDer(publicKey), SubjectPublicKeyInfo);
  return new KeyIdentifier(arrayBuffer(Buffer.from(sha1Hex(subjectPublicKey), "hex")));
}
