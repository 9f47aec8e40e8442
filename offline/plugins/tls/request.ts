import { createPublicKey, type KeyObject } from "node:crypto";
import { Attributes, CertificationRequest, CertificationRequestInfo } from "@peculiar/asn1-csr";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  Attribute,
  Extensions,
  id_ce_subjectAltName,
  type Name,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
} from "@peculiar/asn1-x509";
import { extension, fromPem, sha1Hex, signer, toPem } from "./encoding";
import { publicKeyDer } from "./key";
import { type AlternativeNames, distinguishedName, type Subject, subjectAlternativeName } from "./subject";

/** Object identifier of the request attribute that carries extensions (PKCS#9, section 5.4.2). */
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

/** What a certificate request asks for. */
export interface Request {
  readonly subject: Name;
  readonly publicKey: KeyObject;
  readonly names: SubjectAlternativeName | undefined;
}

/** Makes a certificate request in PEM, and its id. */
export function makeRequest(subject: Subject, names: AlternativeNames, key: KeyObject): { pem: string; id: string } {
  const alternatives = subjectAlternativeName(names);
  const subjectName = distinguishedName(subject);
  const wanted =
    alternatives && new Extensions([extension(id_ce_subjectAltName, subjectName.length === 0, alternatives)]);
  const certificationRequestInfo = new CertificationRequestInfo({
    subject: subjectName,
    subjectPKInfo: AsnConvert.parse(publicKeyDer(key), SubjectPublicKeyInfo),
    attributes: new Attributes(
      wanted ? [new Attribute({ type: EXTENSION_REQUEST, values: [AsnConvert.serialize(wanted)] })] : [],
    ),
  });
  const { identifier, sign } = signer(key);
  const der = AsnConvert.serialize(
    new CertificationRequest({
      certificationRequestInfo,
      signatureAlgorithm: identifier,
      signature: sign(AsnConvert.serialize(certificationRequestInfo)),
    }),
  );
  return { pem: toPem("CERTIFICATE REQUEST", der), id: sha1Hex(der) };
}

/** Reads a certificate request. */
export function readRequest(pem: string): Request {
  const { certificationRequestInfo: info } = fromPem(
    pem,
    "CERTIFICATE REQUEST",
    "certRequestPem",
    CertificationRequest,
  );
  const wanted = info.attributes
    ?.filter(({ type }) => type === EXTENSION_REQUEST)
    .flatMap(({ values }) => values.flatMap((value) => [...AsnConvert.parse(value, Extensions)]))
    .find(({ extnID }) => extnID === id_ce_subjectAltName);
  return {
    subject: info.subject,
    publicKey: createPublicKey({
      key: Buffer.from(AsnConvert.serialize(info.subjectPKInfo)),
      format: "der",
      type: "spki",
    }),
    names: wanted && AsnConvert.parse(wanted.extnValue.buffer, SubjectAlternativeName),
  };
}
