import assert from "node:assert/strict";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { rootCertificates } from "node:tls";
import { addressesOf, addressTable } from "../../../scripts/lib/addresses";
import { gatewayAuthority } from "../../../scripts/lib/gateway-authority";
import { eventually, get, kubectl, script } from "../../support/cli";
import { devEnvironment } from "../../support/dev-environment";

const environment = devEnvironment();
const { domain, gatewayPort, gatewayHttpPort } = environment;
/** Of pages; doors are none of the gateway's. */
const ADDRESSES = addressesOf(environment).filter(({ url }) => url.startsWith("https://"));

type Answer = Pick<IncomingMessage, "statusCode" | "headers"> & { readonly text: string };

/** Asks the port of this host as a browser would, which takes every name under `localhost` for the loopback interface. */
function ask(url: string, ca?: string, told: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { protocol, hostname, host, pathname, search } = new URL(url);
  const secure = protocol === "https:";
  const options = {
    host: "127.0.0.1",
    port: secure ? gatewayPort : gatewayHttpPort,
    path: pathname + search,
    headers: { host, ...told },
    timeout: 10_000,
    ...(secure ? { servername: hostname, ...(ca === undefined ? {} : { ca }) } : {}),
  };
  return new Promise((resolve, reject) => {
    const call = (secure ? httpsRequest : httpRequest)(options, (answer) => {
      text(answer).then(
        (read) => resolve({ statusCode: answer.statusCode, headers: answer.headers, text: read }),
        reject,
      );
    });
    call.on("timeout", () => call.destroy(new Error(`${url} does not answer`)));
    call.on("error", reject);
    call.end();
  });
}

/** An address for documentation, RFC 5737. */
const SOMEBODY = "192.0.2.6";
/** What a caller may say of the address that he asks, or of his own, and nobody is to believe. */
const HEARSAY = {
  forwarded: `for=${SOMEBODY};host=elsewhere.example;proto=http`,
  "x-forwarded-for": SOMEBODY,
  "x-forwarded-host": "elsewhere.example",
  "x-forwarded-port": "99",
  "x-forwarded-prefix": "/elsewhere",
  "x-forwarded-proto": "http",
};

/** Of Keycloak only what people need is led on. */
const PAGES: Readonly<Record<string, string>> = { login: `/realms/${environment.realm.name}/account` };

describe("the gateway", () => {
  let ca = "";
  before(async () => {
    ca = await gatewayAuthority(environment);
    assert.ok(ADDRESSES.length > 0, "no service has an address: the test would prove nothing");
  });

  for (const { service, url } of ADDRESSES)
    it(`leads ${service} to its service, with security headers`, async () => {
      const { statusCode = 0, headers } = await ask(`${url}${PAGES[service] ?? "/"}`, ca);
      assert.ok(statusCode > 0 && statusCode < 500, String(statusCode));
      assert.match(headers["strict-transport-security"] ?? "", /max-age=\d+/);
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.match(String(headers["content-security-policy"]), /frame-ancestors/);
    });

  it("leads who opens the login's bare address to their own account", async () => {
    const { url = "" } = environment.hosts["login"] ?? {};
    const { statusCode, headers } = await ask(`${url}/`, ca);
    assert.equal(statusCode, 302);
    assert.equal(headers.location, `${url}${PAGES["login"]}`);
  });

  it("is not believed without the stack's authority", () =>
    assert.rejects(ask(`${ADDRESSES[0]?.url}/`, rootCertificates.join("\n")), /certificate|issuer/i));

  for (const path of ["/admin/", "/admin/master/console/", "/realms/master", "/health", "/metrics"])
    it(`leads nobody to ${path} of Keycloak`, async () => {
      const { statusCode } = await ask(`${environment.hosts["login"]?.url}${path}`, ca);
      assert.equal(statusCode, 404);
    });

  it("shows nobody the interface of Airflow's tasks", async () => {
    const { url = "" } = environment.hosts["airflow"] ?? {};
    for (const path of ["/execution", "/execution/health", "/execution/docs"])
      assert.equal((await ask(url + path, ca)).statusCode, 404, path);
  });

  it("answers 404 for a host that nobody has", async () => {
    const { statusCode } = await ask(`https://nobody.${domain}:${gatewayPort}/`, ca);
    assert.equal(statusCode, 404);
  });

  it("sends on whoever comes without TLS, to the same page", async () => {
    const { hostname } = new URL(ADDRESSES[0]?.url ?? "");
    const { statusCode, headers } = await ask(`http://${hostname}:${gatewayHttpPort}/a/b?c=d`);
    assert.equal(statusCode, 301);
    assert.equal(headers.location, `${ADDRESSES[0]?.url}/a/b?c=d`);
  });

  for (const [who, told] of Object.entries({ "whoever asks": {}, "who says he asked elsewhere": HEARSAY })) {
    it(`lets Keycloak name its public address alone to ${who}`, async () => {
      const { url = "" } = environment.hosts["login"] ?? {};
      const answer = await ask(`${url}/realms/${environment.realm.name}/.well-known/openid-configuration`, ca, told);
      const addresses = answer.text.match(/https?:[^"]+/g) ?? [];
      assert.ok(addresses.length > 5, answer.text);
      assert.deepEqual(
        addresses.filter((address) => !address.startsWith(`${url}/realms/`)),
        [],
      );
    });

    it(`has Airflow send back to its public address ${who}`, async () => {
      const { url = "" } = environment.hosts["airflow"] ?? {};
      const { headers } = await ask(`${url}/auth/login/keycloak`, ca, told);
      const back = new URL(headers.location ?? "").searchParams.get("redirect_uri") ?? "";
      assert.ok(back.startsWith(`${url}/`), back);
    });
  }

  it("has Keycloak record where a caller is, and not where he says he is", async () => {
    const { url = "" } = environment.hosts["login"] ?? {};
    const client = `nobody-${Date.now()}`;
    const page = `${url}/realms/${environment.realm.name}/protocol/openid-connect/auth?response_type=code&client_id=${client}`;
    await ask(page, ca, HEARSAY);
    const recorded = await eventually("the event", 15, async () => {
      const log = await kubectl("logs", "--namespace", "platform-login", "statefulset/keycloak", "--since=1m");
      return log.split("\n").find((line) => line.includes(client));
    });
    assert.match(recorded, /ipAddress="[\d.]+"/);
    assert.ok(!recorded.includes(SOMEBODY), recorded);
  });

  it("has routes that were all accepted, with every backend found", async () => {
    const { items } = await get("httproutes,gateways", "--all-namespaces");
    const refused = items.flatMap(({ metadata, status }) => {
      const { parents = [], conditions = [] } = status as unknown as RouteStatus;
      return [...parents.flatMap((parent) => parent.conditions), ...conditions]
        .filter(
          ({ type, status: holds }) => ["Accepted", "ResolvedRefs", "Programmed"].includes(type) && holds !== "True",
        )
        .map(({ type, message }) => `${metadata.name}: not ${type}: ${message}`);
    });
    assert.deepEqual(refused, []);
  });

  it("keeps no query in its log: codes of a login stand there", async () => {
    await ask(`${ADDRESSES[0]?.url}/seen?code=never-written-down`, ca);
    const namespace = environment.workloads["gateway"]?.namespace ?? "";
    const pods = ["-n", namespace, "-l", "app.kubernetes.io/name=envoy", "-c", "envoy"];
    // Envoy writes its log some seconds later.
    const log = await eventually("the request in the log", 60, async () => {
      const text = await kubectl("logs", ...pods, "--tail=-1");
      return text.includes("/seen") ? text : undefined;
    });
    assert.ok(!log.includes("never-written-down"));
  });

  it("is in the table that people get", async () => {
    const { code, stdout } = await script("open");
    assert.equal(code, 0);
    assert.deepEqual(stdout.trimEnd().split("\n"), addressTable(addressesOf(environment)));
  });
});

interface RouteStatus {
  readonly parents?: readonly { readonly conditions: readonly Condition[] }[];
  readonly conditions?: readonly Condition[];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message: string;
}
