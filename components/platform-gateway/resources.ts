import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../labels";
import type { Resources } from "../workload";
import { resourceRequirements } from "../workload";
import { CONTROLLER_NAME } from "./controller";
import type { GatewayRoute } from "./platform-gateway";

/** Where proxies listen inside the cluster; what leads there from outside has ports of its own. */
export const LISTENERS = { https: 8443, http: 8080 } as const;

const GATEWAY_API = "gateway.networking.k8s.io";
const GATEWAY_V1 = `${GATEWAY_API}/v1`;
const EXTENSIONS = "gateway.envoyproxy.io";
const EXTENSIONS_V1 = `${EXTENSIONS}/v1alpha1`;

/** Seconds that a proxy which is to end waits for its connections. */
const DRAIN_SECONDS = 20;

export interface ProxySpec {
  /** Labels of its pods beside those that the controller selects them by. */
  readonly podLabels: Labels;
  readonly image: pulumi.Input<string>;
  readonly replicas: number;
  readonly resources: Resources;
}

type Metadata = { readonly namespace: pulumi.Input<string>; readonly labels: Labels };

/** Labels by which the controller marks the proxies of a gateway. */
export const proxyLabels = (gateway: string) => ({ "gateway.envoyproxy.io/owning-gateway-name": gateway });

export function gatewayClass(name: string, labels: Labels) {
  return {
    apiVersion: GATEWAY_V1,
    kind: "GatewayClass",
    metadata: { name, labels, annotations: { "pulumi.com/waitFor": "condition=Accepted" } },
    spec: { controllerName: CONTROLLER_NAME },
  };
}

/**
 * How proxies run: restricted, with two threads whatever the node has, and with an access log that keeps no queries, in which codes
 * of a login stand. https://gateway.envoyproxy.io/docs/api/extension_types/#envoyproxy
 */
export function envoyProxy(name: string, metadata: Metadata, { podLabels, image, replicas, resources }: ProxySpec) {
  const scratch = { name: "scratch", mountPath: "/tmp" };
  return {
    apiVersion: EXTENSIONS_V1,
    kind: "EnvoyProxy",
    metadata: { ...metadata, name },
    spec: {
      concurrency: 2,
      logging: { level: { default: "warn" } },
      shutdown: { drainTimeout: `${DRAIN_SECONDS}s`, minDrainDuration: "2s" },
      telemetry: {
        accessLog: { settings: [{ format: { type: "JSON", json: ACCESS_LOG }, sinks: [STANDARD_OUTPUT] }] },
      },
      provider: {
        type: "Kubernetes",
        kubernetes: {
          envoyDeployment: {
            replicas,
            pod: { labels: podLabels, volumes: [{ name: scratch.name, emptyDir: {} }] },
            container: {
              image,
              resources: resourceRequirements(resources),
              securityContext: { readOnlyRootFilesystem: true },
              volumeMounts: [scratch],
            },
            patch: {
              type: "StrategicMerge",
              value: {
                spec: {
                  template: {
                    spec: {
                      enableServiceLinks: false,
                      containers: [
                        {
                          name: "shutdown-manager",
                          resources: resourceRequirements({ cpu: "10m", memory: "64Mi" }),
                          volumeMounts: [scratch],
                        },
                      ],
                    },
                  },
                },
              },
            },
          },
          envoyService: { type: "ClusterIP" },
          ...(replicas > 1 ? { envoyPDB: { maxUnavailable: 1 } } : {}),
        },
      },
    },
  };
}

const STANDARD_OUTPUT = { type: "File", file: { path: "/dev/stdout" } };
const ACCESS_LOG = {
  time: "%START_TIME%",
  client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  method: "%REQ(:METHOD)%",
  host: "%REQ(:AUTHORITY)%",
  path: "%REQ_WITHOUT_QUERY(:PATH)%",
  status: "%RESPONSE_CODE%",
  details: "%RESPONSE_CODE_DETAILS%",
  milliseconds: "%DURATION%",
  backend: "%UPSTREAM_HOST%",
};

/** One listener with TLS for every host under the domain, and one without that sends people to it. */
export function gateway(name: string, metadata: Metadata, domain: string, tlsSecret: pulumi.Input<string>) {
  const allowedRoutes = { namespaces: { from: "Same" } };
  const hostname = `*.${domain}`;
  return {
    apiVersion: GATEWAY_V1,
    kind: "Gateway",
    metadata: { ...metadata, name, annotations: { "pulumi.com/waitFor": "condition=Programmed" } },
    spec: {
      gatewayClassName: name,
      infrastructure: { parametersRef: { group: EXTENSIONS, kind: "EnvoyProxy", name } },
      listeners: [
        {
          name: "https",
          protocol: "HTTPS",
          port: LISTENERS.https,
          hostname,
          allowedRoutes,
          tls: { mode: "Terminate", certificateRefs: [{ name: tlsSecret }] },
        },
        { name: "http", protocol: "HTTP", port: LISTENERS.http, hostname, allowedRoutes },
      ],
    },
  };
}

/** Headers that every answer carries (OWASP HTTP Headers Cheat Sheet). */
const ALWAYS = {
  "Strict-Transport-Security": "max-age=31536000",
  "X-Content-Type-Options": "nosniff",
};
/** Those that a service may know better. */
const UNLESS_THERE = {
  "Content-Security-Policy": "frame-ancestors 'self'",
  "X-Frame-Options": "SAMEORIGIN",
  "Referrer-Policy": "strict-origin-when-cross-origin",
};

const headers = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** What services are told of the address that was asked, by the gateway alone: they make links and redirects of it. */
const ASKED = { "X-Forwarded-Host": "%REQ(:AUTHORITY)%" };
/** Would tell services something else of it, or of who asks; Envoy passes on what callers write there, and adds the address that it sees. */
const HEARSAY = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Prefix"];

/** TLS 1.2 or newer, security headers, and no word of callers about who asks what, for everything that comes in. */
export function clientPolicy(name: string, metadata: Metadata) {
  return {
    apiVersion: EXTENSIONS_V1,
    kind: "ClientTrafficPolicy",
    metadata: { ...metadata, name },
    spec: {
      targetRefs: [{ group: GATEWAY_API, kind: "Gateway", name, sectionName: "https" }],
      tls: { minVersion: "1.2" },
      headers: {
        earlyRequestHeaders: { set: headers(ASKED), remove: HEARSAY },
        lateResponseHeaders: { set: headers(ALWAYS), addIfAbsent: headers(UNLESS_THERE) },
      },
    },
  };
}

/** Answers everything without TLS with the same address under https. */
export function redirectRoute(gatewayName: string, name: string, metadata: Metadata, port: number) {
  const requestRedirect = { scheme: "https", port, statusCode: 301 };
  return {
    apiVersion: GATEWAY_V1,
    kind: "HTTPRoute",
    metadata: { ...metadata, name },
    spec: {
      parentRefs: [{ name: gatewayName, sectionName: "http" }],
      rules: [{ filters: [{ type: "RequestRedirect", requestRedirect }] }],
    },
  };
}

/** Leads a host to its service. Answers may take as long as they do: logs and large files are streamed. */
export function hostRoute(
  gatewayName: string,
  name: string,
  metadata: Metadata,
  { hostname, url, authorization, paths, closed, start }: GatewayRoute,
) {
  const matches = paths === undefined ? {} : { matches: below(paths) };
  const filters = authorization === undefined ? {} : { filters: [ownFilter(name)] };
  return {
    apiVersion: GATEWAY_V1,
    kind: "HTTPRoute",
    metadata: { ...metadata, name },
    spec: {
      parentRefs: [{ name: gatewayName, sectionName: "https" }],
      hostnames: [hostname],
      rules: [
        ...(start === undefined ? [] : [startRule(url, start)]),
        ...(closed === undefined ? [] : [{ matches: below(closed), filters: [ownFilter(closedName(name))] }]),
        { ...matches, ...filters, backendRefs: [backendRef(name)], timeouts: { request: "0s" } },
      ],
    },
  };
}

/** Without a port, the redirect would name the listener's own, which nobody outside knows. */
function startRule(url: string, start: string) {
  const path = { type: "ReplaceFullPath", replaceFullPath: start };
  const requestRedirect = { path, port: Number(new URL(url).port || 443), statusCode: 302 };
  return {
    matches: [{ path: { type: "Exact", value: "/" } }],
    filters: [{ type: "RequestRedirect", requestRedirect }],
  };
}

const below = (paths: readonly string[]) => paths.map((value) => ({ path: { type: "PathPrefix", value } }));

const FILTER = "HTTPRouteFilter";
const ownFilter = (name: string) => ({
  type: "ExtensionRef",
  extensionRef: { group: EXTENSIONS, kind: FILTER, name },
});
const closedName = (route: string) => `${route}-closed`;

/** Answers as if nothing were there. https://gateway.envoyproxy.io/docs/tasks/traffic/direct-response/ */
export function closedFilter(route: string, metadata: Metadata) {
  return {
    apiVersion: EXTENSIONS_V1,
    kind: FILTER,
    metadata: { ...metadata, name: closedName(route) },
    spec: { directResponse: { statusCode: 404 } },
  };
}

/** Where Envoy Gateway looks for a credential in a Secret. */
export const CREDENTIAL_KEY = "credential";

/** Asks the service as somebody whom it knows, after the caller was let in. https://gateway.envoyproxy.io/docs/tasks/security/credential-injection/ */
export function authorizationFilter(name: string, metadata: Metadata, secret: pulumi.Input<string>) {
  return {
    apiVersion: EXTENSIONS_V1,
    kind: FILTER,
    metadata: { ...metadata, name },
    spec: { credentialInjection: { overwrite: true, credential: { valueRef: { name: secret } } } },
  };
}

export const backendRef = (name: string) => ({ group: EXTENSIONS, kind: "Backend", name });

/** A service by its name in cluster DNS. */
export function backend(
  name: string,
  metadata: Metadata,
  { host, port }: { host: pulumi.Input<string>; port: number },
) {
  return {
    apiVersion: EXTENSIONS_V1,
    kind: "Backend",
    metadata: { ...metadata, name },
    spec: { endpoints: [{ fqdn: { hostname: host, port } }] },
  };
}

/** Speaks TLS to a backend, and believes it only by this authority and under its name in cluster DNS. */
export function backendTlsPolicy(
  name: string,
  metadata: Metadata,
  { host, authority }: { host: pulumi.Input<string>; authority: pulumi.Input<string> },
) {
  return {
    apiVersion: GATEWAY_V1,
    kind: "BackendTLSPolicy",
    metadata: { ...metadata, name },
    spec: {
      targetRefs: [backendRef(name)],
      validation: { caCertificateRefs: [{ group: "", kind: "ConfigMap", name: authority }], hostname: host },
    },
  };
}
