import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../../../../offline/plugins/base/values";
import { algorithmOf, CURVES, curveOf, generateKey, keyOutputs } from "../../../../offline/plugins/tls/key";
import { resources } from "../../../../offline/plugins/tls/resources";
import { driver } from "../logical-driver";

const privateKey = driver(resources, "tls:index/privateKey:PrivateKey");

const KINDS = [
  { algorithm: "RSA", rsaBits: 2048, ecdsaCurve: "P224" },
  ...CURVES.map((ecdsaCurve) => ({ algorithm: "ECDSA", ecdsaCurve, rsaBits: 2048 }) as const),
  { algorithm: "ED25519", rsaBits: 2048, ecdsaCurve: "P224" },
] as const;

describe("tls private key", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tls-key-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const kind of KINDS) {
    const name = kind.algorithm === "ECDSA" ? kind.ecdsaCurve : kind.algorithm;

    it(`${name}: both forms of the private key are the same key, and the public one belongs to it`, () => {
      const key = generateKey(kind);
      const outputs = keyOutputs(key);
      assert.equal(algorithmOf(key), kind.algorithm);
      assert.equal(curveOf(key), kind.algorithm === "ECDSA" ? kind.ecdsaCurve : undefined);
      assert.ok(createPrivateKey(outputs.privateKeyPem).equals(createPrivateKey(outputs.privateKeyPemPkcs8)));
      assert.ok(createPublicKey(createPrivateKey(outputs.privateKeyPem)).equals(createPublicKey(outputs.publicKeyPem)));
    });

    if (name !== "P224") {
      it(`${name}: ssh-keygen reads the key and gets the same public key and fingerprints`, () => {
        const outputs = keyOutputs(generateKey(kind));
        const file = join(folder, name);
        writeFileSync(file, outputs.privateKeyOpenssh, { mode: 0o600 });
        writeFileSync(`${file}.pub`, outputs.publicKeyOpenssh);
        const keygen = (...args: string[]) => execFileSync("ssh-keygen", args, { encoding: "utf8" });
        assert.equal(keygen("-y", "-f", file).trim(), outputs.publicKeyOpenssh.trim());
        assert.ok(keygen("-lf", `${file}.pub`).includes(outputs.publicKeyFingerprintSha256));
        assert.ok(keygen("-E", "md5", "-lf", `${file}.pub`).includes(`MD5:${outputs.publicKeyFingerprintMd5} `));
      });
    }
  }

  it("leaves the OpenSSH outputs empty for P224, which OpenSSH does not know", async () => {
    const made = await privateKey.made({ algorithm: "ECDSA" });
    assert.equal(made["ecdsaCurve"], "P224");
    assert.equal(made["privateKeyOpenssh"], "");
    assert.equal(made["publicKeyFingerprintMd5"], "");
  });

  it("keeps private forms secret and public ones not", async () => {
    const { id, outputs } = await privateKey.create({ algorithm: "ED25519" });
    const secret = Object.keys(outputs).filter((name) => outputs[name] instanceof Secret);
    assert.deepEqual(secret.sort(), ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]);
    assert.match(id, /^[0-9a-f]{40}$/);
  });

  it("replaces for another algorithm or size, not for a default said aloud", async () => {
    const { outputs } = await privateKey.create({ algorithm: "ED25519" });
    assert.deepEqual(await privateKey.changes(outputs, { algorithm: "ED25519", rsaBits: 2048 }), {});
    assert.deepEqual(await privateKey.changes(outputs, { algorithm: "RSA" }), { algorithm: "update-replace" });
  });

  for (const inputs of [
    {},
    { algorithm: "DSA" },
    { algorithm: "RSA", rsaBits: 100 },
    { algorithm: "ECDSA", ecdsaCurve: "P1" },
  ]) {
    it(`refuses ${JSON.stringify(inputs)}`, async () => assert.equal((await privateKey.failures(inputs)).length, 1));
  }
});
