import { z } from "zod";
import { logical } from "../base/logical";
import type { ResourceHandler } from "../base/plugin";
import { type PropertyMap, reveal } from "../base/values";
import { readAuthority } from "./authority";
import { issueCertificate, keyId } from "./certificate";
import { sha1Hex } from "./encoding";
import {
  ALGORITHMS,
  algorithmOf,
  CURVES,
  generateKey,
  type KeySpec,
  keyOutputs,
  publicKeyDer,
  readPrivateKey,
} from "./key";
import { makeRequest, readRequest } from "./request";
import {
  type AlternativeNames,
  distinguishedName,
  nameProblems,
  type Subject,
  subjectAlternativeName,
} from "./subject";
import { ALLOWED_USES } from "./uses";

const HOUR = 3_600_000;

const pem = z.string().optional();
const texts = z.array(z.string()).optional();
const text = z.string().optional();
const hours = z.int().min(0);
const flag = z.boolean().optional();

const keyInput = { privateKeyPem: pem, privateKeyPemWo: pem, privateKeyPemWoVersion: z.int().optional() };
const names = { dnsNames: texts, ipAddresses: texts, uris: texts };
const subject = z
  .strictObject({
    commonName: text,
    organization: text,
    organizationalUnit: text,
    streetAddresses: texts,
    locality: text,
    province: text,
    country: text,
    postalCode: text,
    serialNumber: text,
    emailAddress: text,
  })
  .optional();
const certificate = {
  validityPeriodHours: hours,
  allowedUses: z.array(z.enum(ALLOWED_USES as [string, ...string[]])),
  isCaCertificate: flag,
  maxPathLength: z.int().min(-1).optional(),
  setSubjectKeyId: flag,
  earlyRenewalHours: hours.optional(),
};

interface Named {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
  readonly subject?: Subject;
}

interface OwnKey {
  readonly privateKeyPem?: string;
  readonly privateKeyPemWo?: string;
  readonly privateKeyPemWoVersion?: number;
}

interface Certificate {
  readonly validityPeriodHours: number;
  readonly allowedUses: readonly string[];
  readonly isCaCertificate: boolean;
  readonly maxPathLength: number;
  readonly setSubjectKeyId: boolean;
}

interface SelfSigned extends Named, OwnKey, Certificate {
  readonly setAuthorityKeyId: boolean;
}

interface LocallySigned extends Certificate {
  readonly certRequestPem: string;
  readonly caCertPem: string;
  readonly caPrivateKeyPem?: string;
  readonly caPrivateKeyPemWo?: string;
  readonly caPrivateKeyPemWoVersion?: number;
}

const CERTIFICATE_DEFAULTS = {
  isCaCertificate: false,
  maxPathLength: -1,
  setSubjectKeyId: false,
  earlyRenewalHours: 0,
};
const CERTIFICATE_OUTPUTS = ["certPem", "readyForRenewal", "validityStartTime", "validityEndTime"];

const alternativeNames = (inputs: Named): AlternativeNames => ({
  dnsNames: inputs.dnsNames ?? [],
  ipAddresses: inputs.ipAddresses ?? [],
  uris: inputs.uris ?? [],
});

/** Of a key and its write-only form, exactly one may be given, the latter with its version. */
function keyProblems(name: string, inputs: { readonly [input: string]: unknown }): string[] {
  const [stored, writeOnly, version] = [inputs[name], inputs[`${name}Wo`], inputs[`${name}WoVersion`]];
  if ((stored === undefined) === (writeOnly === undefined)) return [`give exactly one of ${name} and ${name}Wo`];
  if ((writeOnly === undefined) !== (version === undefined)) return [`${name}Wo and ${name}WoVersion go together`];
  return [];
}

const ownKey = (inputs: OwnKey) =>
  readPrivateKey(inputs.privateKeyPem ?? inputs.privateKeyPemWo ?? "", "privateKeyPem");

/** `readyForRenewal`, once the end of the validity is nearer than `earlyRenewalHours`. */
function aged(outputs: PropertyMap): PropertyMap {
  const end = Date.parse(String(reveal(outputs["validityEndTime"] ?? "")));
  const early = reveal(outputs["earlyRenewalHours"] ?? 0);
  return typeof early === "number" && Date.now() >= end - early * HOUR ? { readyForRenewal: true } : {};
}

function validity(inputs: Certificate) {
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  return { notBefore, notAfter: new Date(notBefore.getTime() + inputs.validityPeriodHours * HOUR) };
}

function issued(pemText: string, { notBefore, notAfter }: { readonly notBefore: Date; readonly notAfter: Date }) {
  return {
    certPem: pemText,
    readyForRenewal: false,
    validityStartTime: notBefore.toISOString(),
    validityEndTime: notAfter.toISOString(),
  };
}

/** The resources of the package by type token. */
export const resources: Readonly<Record<string, ResourceHandler>> = {
  "tls:index/privateKey:PrivateKey": logical<KeySpec>({
    schema: z.strictObject({
      algorithm: z.enum(ALGORITHMS),
      ecdsaCurve: z.enum(CURVES).optional(),
      rsaBits: z.int().min(1024).optional(),
    }),
    complete: (inputs) => ({ ecdsaCurve: "P224", rsaBits: 2048, ...inputs }),
    computed: [
      "privateKeyPem",
      "privateKeyPemPkcs8",
      "privateKeyOpenssh",
      "publicKeyPem",
      "publicKeyOpenssh",
      "publicKeyFingerprintMd5",
      "publicKeyFingerprintSha256",
    ],
    secrets: ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"],
    make: (spec) => {
      const key = generateKey(spec);
      return { id: sha1Hex(publicKeyDer(key)), outputs: keyOutputs(key) };
    },
  }),

  "tls:index/certRequest:CertRequest": logical<Named & OwnKey>({
    schema: z.strictObject({ ...keyInput, ...names, subject }),
    complete: (inputs) => inputs,
    problems: (inputs) => [...keyProblems("privateKeyPem", { ...inputs }), ...nameProblems(alternativeNames(inputs))],
    computed: ["certRequestPem", "keyAlgorithm"],
    secrets: ["privateKeyPem"],
    writeOnly: ["privateKeyPemWo"],
    make: (inputs) => {
      const key = ownKey(inputs);
      const request = makeRequest(inputs.subject ?? {}, alternativeNames(inputs), key);
      return { id: request.id, outputs: { certRequestPem: request.pem, keyAlgorithm: algorithmOf(key) } };
    },
  }),

  "tls:index/selfSignedCert:SelfSignedCert": logical<SelfSigned>({
    schema: z.strictObject({ ...keyInput, ...names, ...certificate, subject, setAuthorityKeyId: flag }),
    complete: (inputs) => ({ ...CERTIFICATE_DEFAULTS, setAuthorityKeyId: false, ...inputs }),
    problems: (inputs) => [
      ...keyProblems("privateKeyPem", { ...inputs }),
      ...nameProblems(alternativeNames(inputs)),
      ...(inputs.isCaCertificate && distinguishedName(inputs.subject ?? {}).length === 0
        ? ["subject: an authority (isCaCertificate) must have a name; set subject.commonName"]
        : []),
      ...(inputs.setAuthorityKeyId && !inputs.isCaCertificate && !inputs.setSubjectKeyId
        ? ["setAuthorityKeyId needs setSubjectKeyId or isCaCertificate: the two identifiers are the same here"]
        : []),
    ],
    computed: [...CERTIFICATE_OUTPUTS, "keyAlgorithm"],
    secrets: ["privateKeyPem"],
    writeOnly: ["privateKeyPemWo"],
    inPlace: ["earlyRenewalHours"],
    aged,
    make: (inputs) => {
      const key = ownKey(inputs);
      const name = distinguishedName(inputs.subject ?? {});
      const times = validity(inputs);
      const spec = { ...inputs, ...times, subject: name, names: subjectAlternativeName(alternativeNames(inputs)) };
      const made = issueCertificate(spec, key, { key, name, keyId: inputs.setAuthorityKeyId ? keyId(key) : undefined });
      return { id: made.serialNumber, outputs: { ...issued(made.pem, times), keyAlgorithm: algorithmOf(key) } };
    },
  }),

  "tls:index/locallySignedCert:LocallySignedCert": logical<LocallySigned>({
    schema: z.strictObject({
      ...certificate,
      certRequestPem: z.string(),
      caCertPem: z.string(),
      caPrivateKeyPem: pem,
      caPrivateKeyPemWo: pem,
      caPrivateKeyPemWoVersion: z.int().optional(),
    }),
    complete: (inputs) => ({ ...CERTIFICATE_DEFAULTS, ...inputs }),
    problems: (inputs) => keyProblems("caPrivateKeyPem", { ...inputs }),
    computed: [...CERTIFICATE_OUTPUTS, "caKeyAlgorithm"],
    secrets: ["caPrivateKeyPem"],
    writeOnly: ["caPrivateKeyPemWo"],
    inPlace: ["earlyRenewalHours"],
    aged,
    make: async (inputs, log) => {
      const key = readPrivateKey(inputs.caPrivateKeyPem ?? inputs.caPrivateKeyPemWo ?? "", "caPrivateKeyPem");
      const authority = readAuthority(inputs.caCertPem, key);
      if (!authority.isCa) await log("warning", "caCertPem is not the certificate of an authority (isCaCertificate).");
      const request = readRequest(inputs.certRequestPem);
      const times = validity(inputs);
      const made = issueCertificate({ ...inputs, ...times, ...request }, request.publicKey, { key, ...authority });
      return { id: made.serialNumber, outputs: { ...issued(made.pem, times), caKeyAlgorithm: algorithmOf(key) } };
    },
  }),
};
