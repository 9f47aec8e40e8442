import assert from "node:assert/strict";
import { createSign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../../environment";
import { pkiDir } from "../../../offline/cluster/configs";
import { instanceOf, NETWORK } from "../../../offline/cluster/instance";
import { paths } from "../../../scripts/lib/paths";
import { attempt } from "../../../scripts/lib/run";
import { eventually, get, kubectl, start } from "../cli";
import { type Forward, forward } from "../forward";
import { freePort } from "../free-port";
import { type ClientCertificate, certificate, HTTP2, http, speak } from "./ask";
import type { Outcome, Row } from "./table";

/** A service account that nothing binds to any right. */
const NOBODY = { namespace: "platform-pipelines", name: "default" } as const;

const BY_CERTIFICATE = "it knows certificates, whose authority's key is in the state of the stack alone";

const INSTANCE = instanceOf(paths.root, process.env);

/** The one node: its API, what stands behind that, and the administration of what the platform brings along. */
export function cluster({ workloads }: Environment): Row[] {
  const namespaceOf = (workload: string) => workloads[workload]?.namespace ?? "";
  const scaling = namespaceOf("keda-operator");
  const gateway = namespaceOf("gateway");

  const api = (path: string, identity: Identity = {}) =>
    http({ port: INSTANCE.apiPort, path, ...identity, tls: identity.tls ?? {} });
  const secrets = "/api/v1/secrets";
  const kubelet = async (identity: Identity = {}) => {
    const way = await toNode(NETWORK.nodeAddress, 10250);
    return http({ port: way.port, path: "/pods", ...identity, tls: identity.tls ?? {} }).finally(way.close);
  };
  const etcd = async (client: Partial<ClientCertificate> = {}) => {
    const way = await toNode("127.0.0.1", 2379);
    return http({ port: way.port, path: "/version", tls: client }).finally(way.close);
  };
  const metrics = async (identity: Identity = {}) => {
    const way = await forward(scaling, "service/keda-metrics-apiserver", 443);
    return http({ port: way.port, path: await someMetric(), ...identity, tls: identity.tls ?? {} }).finally(way.close);
  };
  const grpc = async (namespace: string, target: string, port: number, client?: ClientCertificate) => {
    const way = await forward(namespace, target, port);
    return speak(way.port, HTTP2, client).finally(way.close);
  };
  const xds = (client?: ClientCertificate) => grpc(gateway, "service/envoy-gateway", 18000, client);
  const operator = (client?: ClientCertificate) => grpc(scaling, "service/keda-operator", 9666, client);

  const tokens = (
    ask: (identity: Identity) => Promise<Outcome>,
  ): Pick<Row, "wrong password" | "expired token" | "wrong role"> => ({
    "wrong password": [() => ask(bearer("not-a-token")), "HTTP 401"],
    "expired token": [async () => ask(bearer(await signedToken(-60))), "HTTP 401"],
    "wrong role": [async () => ask(bearer(await signedToken(600))), "HTTP 403"],
  });

  return [
    {
      service: "kubernetes API",
      allowed: [() => api(secrets, { tls: pki("super-admin") }), "HTTP 200"],
      anonymous: [() => api(secrets), "HTTP 401"],
      ...tokens((identity) => api(secrets, identity)),
    },
    {
      service: "kubelet",
      allowed: [() => kubelet({ tls: pki("apiserver-kubelet-client") }), "HTTP 200"],
      anonymous: [() => kubelet(), "HTTP 401"],
      ...tokens(kubelet),
    },
    {
      service: "etcd",
      allowed: [() => etcd(pki("apiserver-etcd-client")), "HTTP 200"],
      anonymous: [() => etcd(), /certificate required|bad certificate/],
      "wrong password": [() => etcd(pki("apiserver-kubelet-client")), /unknown ca|bad certificate/],
      "expired token": { none: "it knows certificates, not tokens" },
      "wrong role": { none: "its authority signs for the API server and for etcd itself alone" },
    },
    {
      service: "KEDA, metrics for autoscalers",
      allowed: [async () => metrics(bearer(await tokenOf("kube-system", "horizontal-pod-autoscaler"))), "HTTP 200"],
      anonymous: [() => metrics(), "HTTP 403"],
      ...tokens(metrics),
    },
    {
      service: "KEDA, what the operator knows",
      allowed: [async () => operator(await certificate(scaling, "keda-tls")), "answered"],
      anonymous: [() => operator(), /certificate required|bad certificate/],
      "wrong password": [async () => operator(await certificate(gateway, "envoy")), /unknown ca|bad certificate/],
      "expired token": { none: BY_CERTIFICATE },
      "wrong role": { none: "who has a certificate of this authority is KEDA itself" },
    },
    {
      service: "envoy gateway, what proxies are told",
      allowed: [async () => xds(await certificate(gateway, "envoy")), "answered"],
      anonymous: [() => xds(), /certificate required|bad certificate/],
      "wrong password": [async () => xds(await certificate(scaling, "keda-tls")), /unknown ca|bad certificate/],
      "expired token": { none: BY_CERTIFICATE },
      "wrong role": { none: "who has a certificate of this authority is a proxy or the controller" },
    },
    {
      service: "envoy, its administration",
      allowed: [
        async () => {
          const way = await forward(gateway, await proxyPod(gateway), 19000);
          return http({ port: way.port, path: "/server_info" }).finally(way.close);
        },
        "HTTP 200",
      ],
      anonymous: [async () => connection(await addressOf(gateway), 19000), "connection refused"],
      "wrong password": { none: "it knows no login: it listens inside its own pod alone" },
      "expired token": { none: "as for passwords" },
      "wrong role": { none: "as for passwords" },
    },
    ...CLOSED.map(
      ([service, port, open]): Row => ({
        service,
        allowed: [() => connection(NETWORK.nodeAddress, open), "connected"],
        anonymous: [() => connection(NETWORK.nodeAddress, port), "connection refused"],
        "wrong password": { none: "nobody listens there for pods" },
        "expired token": { none: "as for passwords" },
        "wrong role": { none: "as for passwords" },
      }),
    ),
  ];
}

/** Address of a number that an autoscaler asks KEDA for. */
async function someMetric(): Promise<string> {
  const { items } = await get<{ items: Autoscaler[] }>("hpa", "--all-namespaces");
  const [found] = items.flatMap(({ metadata, spec }) =>
    spec.metrics.flatMap(({ external }) =>
      external === undefined
        ? []
        : [{ metric: external.metric.name, selector: external.metric.selector, namespace: metadata.namespace }],
    ),
  );
  assert.ok(found !== undefined, "nothing is scaled by KEDA: the test would prove nothing");
  const selector = Object.entries(found.selector.matchLabels).map((label) => label.join("="));
  const query = new URLSearchParams({ labelSelector: selector.join(",") });
  return `/apis/external.metrics.k8s.io/v1beta1/namespaces/${found.namespace}/${found.metric}?${query}`;
}

interface Autoscaler {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly metrics: readonly {
      readonly external?: {
        readonly metric: {
          readonly name: string;
          readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
        };
      };
    }[];
  };
}

/** Ports that pods must not find open on the node, each with one that they do find, which shows that it was the node. */
const CLOSED: readonly (readonly [string, number, number])[] = [
  ["kubelet, its port for reading without a login", 10255, 10250],
  ["etcd, from pods", 2379, 10250],
  ["etcd, its metrics, from pods", 2381, 10250],
];

interface Identity {
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: ClientCertificate;
}

const bearer = (token: string): Identity => ({ headers: { authorization: `Bearer ${token}` } });

/** A client's certificate of the cluster. */
function pki(name: string): ClientCertificate {
  if (name === "super-admin") return adminCertificate();
  const read = (extension: string) => readFileSync(join(pkiDir(INSTANCE), `${name}.${extension}`), "utf8");
  return { cert: read("crt"), key: read("key") };
}

/** The certificate of the kubeconfig that the platform is run by. */
function adminCertificate(): ClientCertificate {
  const text = readFileSync(paths.kubeconfig, "utf8");
  const read = (field: string) =>
    Buffer.from(new RegExp(`${field}: (\\S+)`).exec(text)?.[1] ?? "", "base64").toString();
  return { cert: read("client-certificate-data"), key: read("client-key-data") };
}

/** A token of the service account without rights, signed as the API server does, that ends so many seconds from now. */
async function signedToken(seconds: number): Promise<string> {
  const account = await get<{ metadata: { uid: string } }>("serviceaccount", NOBODY.name, "-n", NOBODY.namespace);
  const issuer = "https://kubernetes.default.svc.cluster.local";
  const now = Math.floor(Date.now() / 1000);
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");
  const serviceaccount = { name: NOBODY.name, uid: account.metadata.uid };
  const claims = {
    iss: issuer,
    aud: [issuer],
    sub: `system:serviceaccount:${NOBODY.namespace}:${NOBODY.name}`,
    iat: now - 3600,
    nbf: now - 3600,
    exp: now + seconds,
    "kubernetes.io": { namespace: NOBODY.namespace, serviceaccount },
  };
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  const key = readFileSync(join(pkiDir(INSTANCE), "sa.key"));
  return `${text}.${createSign("RSA-SHA256").update(text).sign(key).toString("base64url")}`;
}

/** A short-lived token of a service account, as the API server itself gives it. */
const tokenOf = async (namespace: string, account: string) =>
  (await kubectl("create", "token", account, "--namespace", namespace)).trim();

const PROXY = "gateway.envoyproxy.io/owning-gateway-name=gateway";

async function proxyPod(namespace: string): Promise<string> {
  const { items } = await get("pods", "--namespace", namespace, "-l", PROXY);
  return `pod/${items[0]?.metadata.name}`;
}

async function addressOf(namespace: string): Promise<string> {
  const { items } = await get("pods", "--namespace", namespace, "-l", PROXY);
  return String(items[0]?.status?.["podIP"]);
}

const inNode = ["nsenter", `--net=${INSTANCE.netnsFile}`, "socat"] as const;

/** Whether anybody answers at an address of the node's network. */
async function connection(address: string, port: number): Promise<Outcome> {
  const [command, ...args] = inNode;
  const { code, stderr } = await attempt(command, [
    ...args,
    "-u",
    "OPEN:/dev/null",
    `TCP:${address}:${port},connect-timeout=5`,
  ]);
  return code === 0 ? "connected" : (/Connection refused|timed out/i.exec(stderr)?.[0] ?? stderr).toLowerCase();
}

/** A port of this machine that leads to an address of the node's own network. */
async function toNode(address: string, port: number): Promise<Forward> {
  const local = await freePort();
  const inside = [...inNode, "-", `TCP:${address}:${port}`].join(" ").replaceAll(":", "\\:");
  const child = await start("socat", [`TCP-LISTEN:${local},bind=127.0.0.1,fork,reuseaddr`, `EXEC:${inside}`]);
  await eventually("a way into the node", 10, async () => {
    const { code } = await attempt("socat", ["-u", "OPEN:/dev/null", `TCP:127.0.0.1:${local}`]);
    return code === 0 ? true : undefined;
  });
  return { port: local, close: () => void child.kill() };
}
