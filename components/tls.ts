import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** A certificate authority; both PEM. The key is a secret in SEC 1, the form that it signs with. */
export interface Authority {
  readonly certificate: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

/** A certificate and its key, both PEM. The key is a secret in PKCS#8, the one form that Kafka, Go and OpenSSL all read. */
export interface KeyPair {
  readonly certificate: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

const KEY = { algorithm: "ECDSA", ecdsaCurve: "P256" };
const HOURS_A_YEAR = 8760;
const AUTHORITY_YEARS = 10;
const CERTIFICATE_YEARS = 2;
/** A certificate is issued anew by the first `pulumi up` this long before it ends. */
const RENEWAL_HOURS = 90 * 24;

/** A certificate authority of its own for one service, valid for ten years. */
export function issueAuthority(name: string, commonName: string, parent: pulumi.Resource): Authority {
  const privateKey = new tls.PrivateKey(`${name}-ca-key`, KEY, { parent });
  // Not PKCS#8, which the official plugin takes for ED25519: hashicorp/terraform-provider-tls internal/provider/types.go
  const key = pulumi.secret(privateKey.privateKeyPem);
  const certificate = new tls.SelfSignedCert(
    `${name}-ca`,
    {
      privateKeyPem: key,
      subject: { commonName },
      isCaCertificate: true,
      setSubjectKeyId: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: AUTHORITY_YEARS * HOURS_A_YEAR,
      earlyRenewalHours: RENEWAL_HOURS,
    },
    { parent },
  );
  return { certificate: certificate.certPem, key };
}

export interface CertificateArgs {
  readonly authority: Authority;
  readonly commonName: string;
  /** Names under which a server is reached. @default none: a client's certificate */
  readonly dnsNames?: pulumi.Input<pulumi.Input<string>[]>;
  readonly uses: readonly ("server_auth" | "client_auth")[];
}

/** A certificate that the authority has signed, valid for two years. */
export function issueCertificate(name: string, args: CertificateArgs, parent: pulumi.Resource): KeyPair {
  const privateKey = new tls.PrivateKey(`${name}-key`, KEY, { parent });
  const request = new tls.CertRequest(
    `${name}-request`,
    {
      privateKeyPem: pulumi.secret(privateKey.privateKeyPem),
      subject: { commonName: args.commonName },
      ...(args.dnsNames === undefined ? {} : { dnsNames: args.dnsNames }),
    },
    { parent },
  );
  const certificate = new tls.LocallySignedCert(
    `${name}-certificate`,
    {
      caCertPem: args.authority.certificate,
      caPrivateKeyPem: args.authority.key,
      certRequestPem: request.certRequestPem,
      allowedUses: ["digital_signature", "key_encipherment", ...args.uses],
      validityPeriodHours: CERTIFICATE_YEARS * HOURS_A_YEAR,
      earlyRenewalHours: RENEWAL_HOURS,
    },
    { parent },
  );
  return { certificate: certificate.certPem, key: pulumi.secret(privateKey.privateKeyPemPkcs8) };
}

/** What a Secret holds of a certificate. */
export function certificateFiles(authority: Authority, { certificate, key }: KeyPair) {
  return { "ca.crt": authority.certificate, "tls.crt": certificate, "tls.key": key };
}
