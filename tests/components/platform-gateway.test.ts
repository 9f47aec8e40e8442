import assert from "node:assert/strict";
import { PlatformGateway, type PlatformGatewayArgs } from "../../components/platform-gateway";
import { TYPES } from "../../components/types";
import { ENVOY_GATEWAY, GATEWAY_API } from "./definitions";
import {
  assertField,
  assertNothingLeaks,
  assertWellFormed,
  type Recorded,
  recordComponent,
  refusals,
  secretData,
} from "./recorded";

const ARGS: PlatformGatewayArgs = {
  namespace: "way-in",
  images: { controller: "controller:1", proxy: "proxy:1" },
  definitions: { gatewayApi: GATEWAY_API, envoyGateway: ENVOY_GATEWAY },
  domain: "data.example.org",
  httpsPort: 8443,
  exposure: { type: "NodePort", https: 30443, http: 30080 },
  routes: {
    airflow: {
      hostname: "airflow.data.example.org",
      url: "https://airflow.data.example.org:8443",
      backend: { host: "airflow-api-server.airflow.svc", port: 8080 },
      closed: ["/execution"],
    },
    login: {
      hostname: "login.data.example.org",
      url: "https://login.data.example.org:8443",
      backend: { host: "keycloak.login.svc", port: 8443, caCertificate: "authority of keycloak" },
      paths: ["/realms/platform", "/resources"],
      start: "/realms/platform/account",
    },
    spark: {
      hostname: "spark.data.example.org",
      url: "https://spark.data.example.org:8443",
      backend: { host: "spark-history.spark.svc", port: 18080 },
      roles: ["viewer", "operator"],
      authorization: "Basic password of spark",
    },
  },
  login: {
    issuer: "https://login.data.example.org:8443/realms/platform",
    authorizationEndpoint: "https://login.data.example.org:8443/realms/platform/protocol/openid-connect/auth",
    endSessionEndpoint: "https://login.data.example.org:8443/realms/platform/protocol/openid-connect/logout",
    tokenEndpoint: "https://keycloak.login.svc:8443/realms/platform/protocol/openid-connect/token",
    jwksUri: "https://keycloak.login.svc:8443/realms/platform/protocol/openid-connect/certs",
    clientId: "gateway",
    clientSecret: "password of the client",
    provider: { host: "keycloak.login.svc", port: 8443, caCertificate: "authority of keycloak" },
  },
  labels: { "platform.data/stack": "test" },
};

const GATEWAY_V1 = "kubernetes:gateway.networking.k8s.io/v1";
const EXTENSIONS_V1 = "kubernetes:gateway.envoyproxy.io/v1alpha1";

const build = (args: PlatformGatewayArgs) => recordComponent((opts) => new PlatformGateway("gateway", args, opts));
const specOf = (recorded: Recorded, type: string, suffix: string) =>
  recorded.find(type, suffix).inputs["spec"] as Record<string, unknown>;

describe("PlatformGateway", () => {
  let gateway: Recorded;
  before(async () => {
    gateway = await build(ARGS);
  });

  it("is well formed and shows no secret", () => {
    assertWellFormed(gateway, TYPES.platformGateway, "gateway");
    assertNothingLeaks(gateway);
  });

  it("listens with TLS for every host of the domain, and without it only to send people on", () => {
    const { listeners } = specOf(gateway, `${GATEWAY_V1}:Gateway`, "-gateway") as {
      listeners: { name: string; protocol: string; hostname: string }[];
    };
    assert.deepEqual(
      listeners.map(({ protocol, hostname }) => [protocol, hostname]),
      [
        ["HTTPS", "*.data.example.org"],
        ["HTTP", "*.data.example.org"],
      ],
    );
    const redirect = specOf(gateway, `${GATEWAY_V1}:HTTPRoute`, "-redirect");
    assert.deepEqual(redirect["parentRefs"], [{ name: "gateway", sectionName: "http" }]);
    assert.deepEqual(redirect["rules"], [
      { filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", port: 8443, statusCode: 301 } }] },
    ]);
  });

  it("leads each host to its service, and believes one with TLS only by its own authority and name", () => {
    const route = specOf(gateway, `${GATEWAY_V1}:HTTPRoute`, "-airflow-route");
    assert.deepEqual(route["hostnames"], ["airflow.data.example.org"]);
    assert.deepEqual(specOf(gateway, `${EXTENSIONS_V1}:Backend`, "-airflow-backend"), {
      endpoints: [{ fqdn: { hostname: "airflow-api-server.airflow.svc", port: 8080 } }],
    });
    const { validation } = specOf(gateway, `${GATEWAY_V1}:BackendTLSPolicy`, "-login-backend-tls") as {
      validation: { hostname: string; caCertificateRefs: { name: string }[] };
    };
    assert.equal(validation.hostname, "keycloak.login.svc");
    assert.equal(validation.caCertificateRefs[0]?.name, "login-authority");
    assert.ok(!gateway.names(`${GATEWAY_V1}:BackendTLSPolicy`).some((name) => name.includes("airflow")));
  });

  it("puts a login only before the services that have none, with every address given", () => {
    assert.deepEqual(gateway.names(`${EXTENSIONS_V1}:SecurityPolicy`), ["gateway-spark-login"]);
    const { oidc, authorization } = specOf(gateway, `${EXTENSIONS_V1}:SecurityPolicy`, "-spark-login") as {
      oidc: { redirectURL: string; provider: Record<string, unknown>; clientSecret: { name: string } };
      authorization: { defaultAction: string; rules: { principal: { jwt: { claims: object[] } } }[] };
    };
    assert.equal(oidc.redirectURL, "https://spark.data.example.org:8443/oauth2/callback");
    for (const key of ["issuer", "authorizationEndpoint", "endSessionEndpoint", "tokenEndpoint", "backendRefs"])
      assert.ok(key in oidc.provider, key);
    assert.equal(authorization.defaultAction, "Deny");
    assert.deepEqual(authorization.rules[0]?.principal.jwt.claims, [
      { name: "resource_access.gateway.roles", valueType: "StringArray", values: ["viewer", "operator"] },
    ]);
    const client = gateway.find("kubernetes:core/v1:Secret", "-login-client");
    assert.deepEqual(secretData(client), { "client-secret": "password of the client" });
  });

  it("sets security headers, and those that a service may know better only where it does not", () => {
    const { headers } = specOf(gateway, `${EXTENSIONS_V1}:ClientTrafficPolicy`, "-clients") as {
      headers: { lateResponseHeaders: Record<"set" | "addIfAbsent", { name: string }[]> };
    };
    const names = (kind: "set" | "addIfAbsent") => headers.lateResponseHeaders[kind].map(({ name }) => name);
    assert.deepEqual(names("set"), ["Strict-Transport-Security", "X-Content-Type-Options"]);
    assert.ok(names("addIfAbsent").includes("Content-Security-Policy"));
  });

  it("tells services itself which address was asked", () => {
    const { headers } = specOf(gateway, `${EXTENSIONS_V1}:ClientTrafficPolicy`, "-clients") as {
      headers: { earlyRequestHeaders: { set: { name: string }[]; remove: string[] } };
    };
    const { set, remove } = headers.earlyRequestHeaders;
    assert.deepEqual([...set.map(({ name }) => name), ...remove].sort(), [
      "Forwarded",
      "X-Forwarded-For",
      "X-Forwarded-Host",
      "X-Forwarded-Port",
      "X-Forwarded-Prefix",
    ]);
  });

  it("lets the controller read Secrets in its own namespace alone", () => {
    const { rules } = gateway.find("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "-controller").inputs as {
      rules: { resources: string[] }[];
    };
    assert.ok(!rules.flatMap(({ resources }) => resources).some((name) => name === "secrets" || name === "*"));
    const config = gateway.find("kubernetes:core/v1:ConfigMap", "-controller-config").inputs as {
      data: Record<string, string>;
    };
    assert.match(config.data["envoy-gateway.yaml"] ?? "", /"namespaces":\["way-in"\]/);
  });

  it("is reached on node ports, or by a load balancer on the ports that people type", async () => {
    const ports = (recorded: Recorded) =>
      (
        specOf(recorded, "kubernetes:core/v1:Service", "gateway-service") as {
          ports: { port: number; nodePort?: number }[];
        }
      ).ports.map(({ port, nodePort }) => [port, nodePort]);
    assert.deepEqual(ports(gateway), [
      [8443, 30443],
      [8080, 30080],
    ]);
    const balanced = await build({ ...ARGS, exposure: { type: "LoadBalancer", https: 443, http: 80 } });
    assert.deepEqual(ports(balanced), [
      [443, undefined],
      [80, undefined],
    ]);
  });

  it("has a disruption budget where there are several proxies", async () => {
    const several = await build({ ...ARGS, replicas: 2 });
    const kubernetes = (recorded: Recorded) =>
      (specOf(recorded, `${EXTENSIONS_V1}:EnvoyProxy`, "-proxy") as { provider: { kubernetes: object } }).provider
        .kubernetes;
    assert.ok("envoyPDB" in kubernetes(several));
    assert.ok(!("envoyPDB" in kubernetes(gateway)));
  });

  it("does without definitions that are there already", async () => {
    const { definitions: _, ...rest } = ARGS;
    const without = await build(rest);
    assert.deepEqual(without.names("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"), []);
  });

  const route = (change: object) => ({ routes: { spark: { ...ARGS.routes?.["spark"], ...change } } });
  const wrong: [string, object, string][] = [
    ["no proxies", { replicas: 0 }, "replicas"],
    ["a port out of range", { httpsPort: 0 }, "httpsPort"],
    [
      "a definition missing",
      { definitions: { gatewayApi: [], envoyGateway: ENVOY_GATEWAY } },
      "definitions.gatewayApi",
    ],
    ["a host under another domain", route({ hostname: "spark.example.org" }), "routes.spark.hostname"],
    ["a host two labels deep", route({ hostname: "a.spark.data.example.org" }), "routes.spark.hostname"],
    ["a password for anybody", route({ roles: undefined }), "routes.spark.authorization"],
    ["a path without a slash", route({ paths: ["realms"] }), "routes.spark.paths"],
    ["a closed path without a slash", route({ closed: ["execution"] }), "routes.spark.closed"],
    ["a start without a slash", route({ start: "start" }), "routes.spark.start"],
    ["nobody let in", route({ roles: [] }), "routes.spark.roles"],
    ["a name of its own", { routes: { redirect: ARGS.routes?.["airflow"] } }, "routes.redirect"],
  ];
  for (const [what, change, field] of wrong)
    it(`refuses ${what}`, async () => {
      const lines = await refusals((opts) => new PlatformGateway("gateway", { ...ARGS, ...change }, opts));
      assertField(lines, field);
    });

  it("asks a service as somebody whom it knows, in place of whoever was let in", () => {
    const filter = specOf(gateway, `${EXTENSIONS_V1}:HTTPRouteFilter`, "-spark-authorization");
    assert.deepEqual(filter, {
      credentialInjection: { overwrite: true, credential: { valueRef: { name: "spark-authorization" } } },
    });
    const { rules } = specOf(gateway, `${GATEWAY_V1}:HTTPRoute`, "-spark-route") as { rules: { filters: object[] }[] };
    assert.equal(rules[0]?.filters.length, 1);
    const secret = gateway.find("kubernetes:core/v1:Secret", "-spark-authorization");
    assert.deepEqual(secretData(secret), { credential: "Basic password of spark" });
  });

  it("answers what is for other services alone as if nothing were there", () => {
    const closed = specOf(gateway, `${EXTENSIONS_V1}:HTTPRouteFilter`, "-airflow-closed");
    assert.deepEqual(closed, { directResponse: { statusCode: 404 } });
    const { rules } = specOf(gateway, `${GATEWAY_V1}:HTTPRoute`, "-airflow-route") as { rules: object[] };
    const extensionRef = { group: "gateway.envoyproxy.io", kind: "HTTPRouteFilter", name: "airflow-closed" };
    assert.deepEqual(rules[0], {
      matches: [{ path: { type: "PathPrefix", value: "/execution" } }],
      filters: [{ type: "ExtensionRef", extensionRef }],
    });
    assert.equal(rules.length, 2);
  });

  it("leads on only the paths that are named", () => {
    const { rules } = specOf(gateway, `${GATEWAY_V1}:HTTPRoute`, "-login-route") as { rules: { matches: object[] }[] };
    assert.deepEqual(rules[1]?.matches, [
      { path: { type: "PathPrefix", value: "/realms/platform" } },
      { path: { type: "PathPrefix", value: "/resources" } },
    ]);
  });

  it("sends on whoever asks for a bare address that has nothing to show, to the port of people", () => {
    const { rules } = specOf(gateway, `${GATEWAY_V1}:HTTPRoute`, "-login-route") as { rules: object[] };
    const requestRedirect = {
      path: { type: "ReplaceFullPath", replaceFullPath: "/realms/platform/account" },
      port: 8443,
      statusCode: 302,
    };
    assert.deepEqual(rules[0], {
      matches: [{ path: { type: "Exact", value: "/" } }],
      filters: [{ type: "RequestRedirect", requestRedirect }],
    });
  });

  it("refuses roles without a login", async () => {
    const { login: _, ...rest } = ARGS;
    assertField(await refusals((opts) => new PlatformGateway("gateway", rest, opts)), "routes.spark.roles");
  });
});
