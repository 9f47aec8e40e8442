import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { type PropertyMap, Secret, UNKNOWN } from "../../../../offline/plugins/base/values";
import { resources } from "../../../../offline/plugins/tls/resources";
import { driver } from "../logical-driver";

const privateKey = driver(resources, "tls:index/privateKey:PrivateKey");
const selfSigned = driver(resources, "tls:index/selfSignedCert:SelfSignedCert");
const request = driver(resources, "tls:index/certRequest:CertRequest");
const signed = driver(resources, "tls:index/locallySignedCert:LocallySignedCert");

const KEYS = [
  { algorithm: "RSA" },
  { algorithm: "ECDSA" },
  { algorithm: "ECDSA", ecdsaCurve: "P256" },
  { algorithm: "ECDSA", ecdsaCurve: "P384" },
  { algorithm: "ECDSA", ecdsaCurve: "P521" },
  { algorithm: "ED25519" },
];
const SERVER_USES = ["digital_signature", "key_encipherment", "server_auth"];

async function newKey(inputs: PropertyMap = { algorithm: "ECDSA", ecdsaCurve: "P256" }): Promise<string> {
  return String((await privateKey.made(inputs))["privateKeyPem"]);
}

const authorityInputs = (privateKeyPem: string) => ({
  privateKeyPem,
  subject: { commonName: "Test CA", organization: "Prüfung & Co", country: "DE", emailAddress: "ca@example.org" },
  isCaCertificate: true,
  validityPeriodHours: 24,
  allowedUses: ["cert_signing", "crl_signing"],
});

async function authority(key?: PropertyMap) {
  const privateKeyPem = await newKey(key);
  return { privateKeyPem, certPem: String((await selfSigned.made(authorityInputs(privateKeyPem)))["certPem"]) };
}

/** A server's certificate from a request, with its key. */
async function serverCertificate(ca: Awaited<ReturnType<typeof authority>>, key?: PropertyMap) {
  const privateKeyPem = await newKey(key);
  const { certRequestPem } = await request.made({
    privateKeyPem,
    subject: { commonName: "server" },
    dnsNames: ["server.example.org", "localhost"],
    ipAddresses: ["127.0.0.1", "fd00::1"],
    uris: ["spiffe://example.org/server"],
  });
  const inputs = {
    certRequestPem: String(certRequestPem),
    caCertPem: ca.certPem,
    caPrivateKeyPem: ca.privateKeyPem,
    validityPeriodHours: 1,
    allowedUses: SERVER_USES,
  };
  return { privateKeyPem, inputs, made: await signed.create(inputs), certRequestPem: String(certRequestPem) };
}

describe("tls certificates", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tls-certificate-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const openssl = (...args: string[]) => execFileSync("openssl", args, { encoding: "utf8" });
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };

  for (const key of KEYS) {
    it(`${Object.values(key).join(" ")}: openssl verifies request, authority and certificate`, async () => {
      const ca = await authority(key);
      const { made, certRequestPem } = await serverCertificate(ca, key);
      const [root, leaf] = [file("ca.pem", ca.certPem), file("leaf.pem", String(made.outputs["certPem"]))];
      openssl("req", "-in", file("request.pem", certRequestPem), "-verify", "-noout");
      const verified = openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", root, leaf);
      assert.match(verified, /: OK/);
      openssl("verify", "-CAfile", root, "-verify_hostname", "server.example.org", leaf);
      openssl("verify", "-CAfile", root, "-verify_ip", "fd00::1", leaf);
    });
  }

  it("writes subject, names, uses, validity and serial number as asked", async () => {
    const ca = await authority();
    const { made } = await serverCertificate(ca);
    const leaf = new X509Certificate(String(made.outputs["certPem"]));
    assert.equal(leaf.subject, "CN=server");
    assert.equal(leaf.issuer, "C=DE\nO=Prüfung & Co\nCN=Test CA\nemailAddress=ca@example.org");
    assert.equal(BigInt(`0x${leaf.serialNumber}`).toString(), made.id);
    assert.equal(leaf.ca, false);
    assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    assert.deepEqual(leaf.subjectAltName?.split(", "), [
      "DNS:server.example.org",
      "DNS:localhost",
      "IP Address:127.0.0.1",
      "IP Address:FD00:0:0:0:0:0:0:1",
      "URI:spiffe://example.org/server",
    ]);
    const start = Date.parse(String(made.outputs["validityStartTime"]));
    assert.equal(Date.parse(leaf.validFrom), start);
    assert.equal(Date.parse(leaf.validTo) - start, 3_600_000);
    assert.equal(Date.parse(String(made.outputs["validityEndTime"])) - start, 3_600_000);
    const shown = openssl(
      "x509",
      "-noout",
      "-ext",
      "keyUsage,basicConstraints",
      "-in",
      file("leaf.pem", leaf.toString()),
    );
    assert.match(shown, /Key Usage: critical\s+Digital Signature, Key Encipherment/);
    assert.match(shown, /Basic Constraints: critical\s+CA:FALSE/);
  });

  it("serves TLS to a client that trusts the authority", async () => {
    const ca = await authority();
    const { made, privateKeyPem } = await serverCertificate(ca);
    const server = createServer({ key: privateKeyPem, cert: String(made.outputs["certPem"]) }, (socket) =>
      socket.end(),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const client = connect({ host: "127.0.0.1", port, ca: ca.certPem, servername: "localhost" });
    await once(client, "secureConnect");
    assert.equal(client.authorized, true);
    await once(client.resume(), "close");
    server.close();
  });

  it("marks an authority, limits its path and gives both key identifiers on demand", async () => {
    const privateKeyPem = await newKey();
    const { certPem } = await selfSigned.made({
      ...authorityInputs(privateKeyPem),
      maxPathLength: 0,
      setAuthorityKeyId: true,
    });
    const shown = openssl("x509", "-noout", "-text", "-in", file("ca.pem", String(certPem)));
    assert.match(shown, /CA:TRUE, pathlen:0/);
    const [subjectId, authorityId] = [...shown.matchAll(/Key Identifier: \n\s+(?:keyid:)?([0-9A-F:]+)/g)].map(
      (m) => m[1],
    );
    assert.ok(subjectId);
    assert.equal(authorityId, subjectId);
  });

  it("makes a certificate for names alone, which are then critical", async () => {
    const inputs = {
      privateKeyPem: await newKey(),
      dnsNames: ["a.test"],
      validityPeriodHours: 1,
      allowedUses: SERVER_USES,
    };
    const { certPem, keyAlgorithm } = await selfSigned.made(inputs);
    const shown = openssl("x509", "-noout", "-text", "-in", file("names.pem", String(certPem)));
    assert.match(shown, /Subject Alternative Name: critical\s+DNS:a.test/);
    assert.equal(keyAlgorithm, "ECDSA");
  });

  it("keeps the private key secret in outputs and never stores the write-only form", async () => {
    const key = await newKey();
    assert.ok((await request.create({ privateKeyPem: key })).outputs["privateKeyPem"] instanceof Secret);
    const { outputs } = await request.create({ privateKeyPemWo: key, privateKeyPemWoVersion: 1 });
    assert.ok(!JSON.stringify(outputs).includes("PRIVATE KEY"));
    const inputs = { privateKeyPemWo: "another", privateKeyPemWoVersion: 1 };
    assert.deepEqual(await request.changes(outputs, inputs), {});
    assert.deepEqual(await request.changes(outputs, { ...inputs, privateKeyPemWoVersion: 2 }), {
      privateKeyPemWoVersion: "update-replace",
    });
  });

  it("renews by replacement when the end is near, and refresh says so", async () => {
    const { made, inputs } = await serverCertificate(await authority());
    assert.equal(made.outputs["readyForRenewal"], false);
    assert.deepEqual(await signed.changes(made.outputs, inputs), {});
    assert.deepEqual(await signed.changes(made.outputs, { ...inputs, earlyRenewalHours: 1 }), {
      earlyRenewalHours: "update",
      readyForRenewal: "update-replace",
    });
    const near = { ...made.outputs, earlyRenewalHours: 1 };
    assert.equal((await signed.read(made.id, near))?.outputs["readyForRenewal"], true);
    assert.equal((await signed.read(made.id, made.outputs))?.outputs["readyForRenewal"], false);
  });

  it("changes earlyRenewalHours in place and replaces for all else", async () => {
    const { made, inputs } = await serverCertificate(await authority());
    const longer = { ...made.outputs, validityEndTime: "2999-01-01T00:00:00Z" };
    assert.deepEqual(await signed.changes(longer, { ...inputs, earlyRenewalHours: 5 }), {
      earlyRenewalHours: "update",
    });
    assert.deepEqual(await signed.changes(longer, { ...inputs, validityPeriodHours: 2, allowedUses: [] }), {
      validityPeriodHours: "update-replace",
      allowedUses: "delete-replace",
    });
  });

  const base = { privateKeyPem: "x", validityPeriodHours: 1, allowedUses: SERVER_USES };
  const { privateKeyPem: _, ...keyless } = base;
  for (const [name, inputs] of [
    ["an unknown use", { ...base, allowedUses: ["serverAuth"] }],
    ["no key", keyless],
    ["a key in both forms", { ...base, privateKeyPemWo: "x", privateKeyPemWoVersion: 1 }],
    ["a write-only key without version", { ...keyless, privateKeyPemWo: "x" }],
    ["a wrong address", { ...base, ipAddresses: ["300.0.0.1"] }],
    ["a wrong URI", { ...base, uris: ["no uri"] }],
    ["an authority without a name", { ...base, isCaCertificate: true }],
    ["an authority's key identifier where there is none", { ...base, setAuthorityKeyId: true }],
    ["a negative validity", { ...base, validityPeriodHours: -1 }],
    ["a subject field that does not exist", { ...base, subject: { commonname: "x" } }],
  ] as const) {
    it(`refuses ${name}`, async () => assert.equal((await selfSigned.failures(inputs)).length, 1));
  }

  it("accepts a key that is not known yet", async () => {
    assert.deepEqual(await selfSigned.failures({ ...base, privateKeyPem: new Secret(UNKNOWN) }), []);
    assert.deepEqual((await selfSigned.preview(base))["certPem"], UNKNOWN);
  });

  it("names the input that cannot be read, and does not show it", async () => {
    const ca = await authority();
    const { inputs } = await serverCertificate(ca);
    await assert.rejects(signed.create({ ...inputs, certRequestPem: "hello" }), /certRequestPem/);
    await assert.rejects(signed.create({ ...inputs, caCertPem: "hello" }), /caCertPem/);
    const broken = ca.privateKeyPem.replace(/[A-Z]/g, "A");
    await assert.rejects(signed.create({ ...inputs, caPrivateKeyPem: broken }), (error: Error) => {
      assert.match(error.message, /caPrivateKeyPem/);
      assert.ok(!error.message.includes("AAA"));
      return true;
    });
    await assert.rejects(signed.create({ ...inputs, caPrivateKeyPem: await newKey() }), /not that of the certificate/);
  });
});
