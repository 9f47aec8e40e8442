import { isIP } from "node:net";
import {
  AttributeTypeAndValue,
  AttributeValue,
  GeneralName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
} from "@peculiar/asn1-x509";

/** The subject of a request or certificate, as in the provider's inputs; empty texts count as absent. */
export interface Subject {
  readonly commonName?: string | undefined;
  readonly organization?: string | undefined;
  readonly organizationalUnit?: string | undefined;
  readonly streetAddresses?: readonly string[] | undefined;
  readonly locality?: string | undefined;
  readonly province?: string | undefined;
  readonly country?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly emailAddress?: string | undefined;
}

/** For whom a certificate is. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
}

/** Object identifiers of the attributes (X.520, and PKCS#9 for the address), in the order in which Go writes them. */
const ATTRIBUTES: readonly (readonly [keyof Subject, string])[] = [
  ["country", "2.5.4.6"],
  ["organization", "2.5.4.10"],
  ["organizationalUnit", "2.5.4.11"],
  ["locality", "2.5.4.7"],
  ["province", "2.5.4.8"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "2.5.4.3"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "1.2.840.113549.1.9.1"],
];

export function distinguishedName(subject: Subject): Name {
  return new Name(
    ATTRIBUTES.flatMap(([field, type]) => {
      const values = [subject[field] ?? []].flat().filter((value) => value !== "");
      if (values.length === 0) return [];
      return [new RelativeDistinguishedName(values.map((value) => attribute(type, value)))];
    }),
  );
}

/** The names as a certificate's extension; undefined where there is none. */
export function subjectAlternativeName(names: AlternativeNames): SubjectAlternativeName | undefined {
  const all = [
    ...names.dnsNames.map((dNSName) => new GeneralName({ dNSName })),
    ...names.ipAddresses.map((iPAddress) => new GeneralName({ iPAddress })),
    ...names.uris.map((uniformResourceIdentifier) => new GeneralName({ uniformResourceIdentifier })),
  ];
  return all.length === 0 ? undefined : new SubjectAlternativeName(all);
}

/** All that is wrong with the names; empty if they are fine. */
export function nameProblems(names: AlternativeNames): string[] {
  return [
    ...names.ipAddresses.filter((ip) => isIP(ip) === 0).map((ip) => `ipAddresses: "${ip}" is not an IP address`),
    ...names.uris.filter((uri) => !URL.canParse(uri)).map((uri) => `uris: "${uri}" is not an absolute URI`),
  ];
}

/** PrintableString where its alphabet allows, else UTF8String; an e-mail address is always an IA5String (PKCS#9). */
function attribute(type: string, value: string): AttributeTypeAndValue {
  const kind =
    type === "1.2.840.113549.1.9.1"
      ? "ia5String"
      : /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)
        ? "printableString"
        : "utf8String";
  return new AttributeTypeAndValue({ type, value: new AttributeValue({ [kind]: value }) });
}
