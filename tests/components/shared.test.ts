import assert from "node:assert/strict";
import fc from "fast-check";
import { typeToken } from "../../components/manifest-object";
import { physicalName } from "../../components/names";
import { lockedManifest } from "../../components/operator-manifest";
import { issueAuthority, issueCertificate } from "../../components/tls";
import { TYPES } from "../../components/types";
import { restrictedContainer, restrictedPod, spread } from "../../components/workload";
import { recordComponent, unwrap } from "./recorded";

describe("physical names", () => {
  it("keep to the limit and keep long names apart", () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,80}$/);
    fc.assert(
      fc.property(part, part, (a, b) => {
        const [one, other] = [physicalName("job", a, b), physicalName("job", a, `${b}x`)];
        assert.ok(one.length <= 57 && other.length <= 57);
        assert.notEqual(one, other);
      }),
    );
  });

  it("are the parts where those fit", () => assert.equal(physicalName("object", "Kafka", "setup"), "kafka-setup"));
});

describe("type tokens", () => {
  it("are distinct, and name package and module", () => {
    const tokens = Object.values(TYPES);
    assert.equal(new Set(tokens).size, tokens.length);
    for (const token of tokens) assert.match(token, /^platform:[a-z]+:[A-Z][A-Za-z]+$/);
  });

  for (const [apiVersion, kind, token] of [
    ["v1", "Namespace", "kubernetes:core/v1:Namespace"],
    ["apps/v1", "Deployment", "kubernetes:apps/v1:Deployment"],
    ["rbac.authorization.k8s.io/v1", "Role", "kubernetes:rbac.authorization.k8s.io/v1:Role"],
  ] as const)
    it(`of ${kind}`, () => assert.equal(typeToken({ apiVersion, kind }), token));
});

describe("pods", () => {
  it("are what the restricted standard asks for", () => {
    const { securityContext, automountServiceAccountToken } = restrictedPod(1000);
    assert.equal(automountServiceAccountToken, false);
    assert.equal(securityContext.runAsNonRoot, true);
    assert.deepEqual(securityContext.seccompProfile, { type: "RuntimeDefault" });
    assert.deepEqual(restrictedContainer().securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("are spread where there are several", () => {
    assert.deepEqual(spread(1, {}), {});
    assert.ok("topologySpreadConstraints" in spread(2, {}));
  });
});

describe("certificates", () => {
  const issued = () =>
    recordComponent((opts) => {
      const [parent] = opts.providers as never[];
      const authority = issueAuthority("own", "own CA", parent as never);
      const args = { authority, commonName: "server", dnsNames: ["server.svc"], uses: ["server_auth"] } as const;
      issueCertificate("server", { ...args, dnsNames: [...args.dnsNames] }, parent as never);
    });

  it("are renewed before they end, and outlived by their authority", async () => {
    const recorded = await issued();
    const hours = (type: string, suffix: string) => {
      const { inputs } = recorded.find(type, suffix);
      assert.ok((inputs["earlyRenewalHours"] as number) >= 24 * 30);
      return inputs["validityPeriodHours"] as number;
    };
    assert.ok(
      hours("tls:index/selfSignedCert:SelfSignedCert", "own-ca") >
        hours("tls:index/locallySignedCert:LocallySignedCert", "server-certificate"),
    );
  });

  it("are for what they are used for and nothing else", async () => {
    const recorded = await issued();
    const { inputs } = recorded.find("tls:index/locallySignedCert:LocallySignedCert", "server-certificate");
    assert.deepEqual(inputs["allowedUses"], ["digital_signature", "key_encipherment", "server_auth"]);
    const request = recorded.find("tls:index/certRequest:CertRequest", "server-request");
    assert.deepEqual(unwrap(request.inputs["dnsNames"]), ["server.svc"]);
  });
});

describe("an operator's manifest", () => {
  it("that is not the reviewed one is refused", () => {
    assert.throws(() => lockedManifest("cloudnative-pg", "[]"), /operators/);
  });
});
