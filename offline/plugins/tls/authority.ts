import { type KeyObject, X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  Certificate,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  type Name,
  SubjectKeyIdentifier,
} from "@peculiar/asn1-x509";
import { fromPem } from "./encoding";

/** What the certificate of an authority says about it. */
export interface Authority {
  readonly name: Name;
  readonly keyId: KeyIdentifier | undefined;
  /** Whether the certificate allows to sign others. */
  readonly isCa: boolean;
}

/** Reads the certificate of an authority; `key` must be its private key. */
export function readAuthority(pem: string, key: KeyObject): Authority {
  const certificate = fromPem(pem, "CERTIFICATE", "caCertPem", Certificate);
  const x509 = new X509Certificate(pem);
  if (!x509.checkPrivateKey(key))
    throw new Error("caCertPem and caPrivateKeyPem: the key is not that of the certificate.");
  const own = certificate.tbsCertificate.extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier);
  return {
    name: certificate.tbsCertificate.subject,
    keyId: own && new KeyIdentifier(AsnConvert.parse(own.extnValue.buffer, SubjectKeyIdentifier).buffer),
    isCa: x509.ca,
  };
}
