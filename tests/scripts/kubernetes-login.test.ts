import assert from "node:assert/strict";
import { devEnvironment } from "../../scripts/lib/dev-environment";
import { kubeconfigFor, realmAsIssuer } from "../../scripts/lib/kubernetes-login";

const environment = devEnvironment();
const PUBLIC = `${environment.hosts["login"]?.url}/realms/${environment.realm.name}`;

describe("the realm, as the API server is told of it", () => {
  const { issuer, claimMappings } = realmAsIssuer(environment, "an authority") as {
    issuer: Record<string, unknown>;
    claimMappings: Record<string, { claim: string; prefix?: string }>;
  };

  it("signs by its public address and is asked inside the cluster, by an authority of its own", () => {
    assert.equal(issuer["url"], PUBLIC);
    const inside = "https://keycloak.platform-login.svc:8443/realms/platform/.well-known/openid-configuration";
    assert.equal(issuer["discoveryURL"], inside);
    assert.equal(issuer["certificateAuthority"], "an authority");
  });

  it("has tokens for one client of its own, which is there", () => {
    assert.deepEqual(issuer["audiences"], ["kubernetes"]);
    assert.equal(environment.realm.clients["kubernetes"]?.kind, "public");
  });

  it("can name nobody and no group that Kubernetes itself knows", () => {
    for (const name of ["username", "groups"]) assert.equal(claimMappings[name]?.prefix, "oidc:");
  });
});

describe("the kubeconfig for people", () => {
  const cluster = { server: "https://127.0.0.1:6443", "certificate-authority-data": "Y2E=" };
  const config = kubeconfigFor(environment, "platform", { cluster, gatewayAuthority: "gateway" }) as {
    clusters: { cluster: object }[];
    users: { user: { exec: { command: string; args: string[] } } }[];
  };

  it("leads to the same cluster", () => assert.deepEqual(config.clusters[0]?.cluster, cluster));

  it("asks the realm by its public address and trusts the gateway's authority", () => {
    const { command, args } = config.users[0]?.user.exec ?? { command: "", args: [] };
    assert.deepEqual([command, args[0], args[1]], ["kubectl", "oidc-login", "get-token"]);
    assert.ok(args.includes(`--oidc-issuer-url=${PUBLIC}`));
    assert.ok(args.includes("--oidc-client-id=kubernetes"));
    assert.ok(args.includes(`--certificate-authority-data=${Buffer.from("gateway").toString("base64")}`));
  });

  it("holds no secret of the kubeconfig that it was made of", () => {
    assert.doesNotMatch(JSON.stringify(config), /client-key|client-certificate|"token"|secret/);
  });
});
