import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secretData } from "../credentials";
import { registerDefinitions } from "../custom-resource-definitions";
import type { WithDefaults } from "../defaults";
import { type Labels, objectLabels } from "../labels";
import type { Manifest } from "../manifest-object";
import { openHash } from "../names";
import { makePassword } from "../passwords";
import { refuse } from "../problems";
import { makeService } from "../service";
import { type Authority, certificateFiles, issueAuthority, issueCertificate } from "../tls";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import { checkGateway } from "./check";
import {
  CLUSTER_RULES,
  CONTROLLER,
  controllerConfig,
  controllerConfigMap,
  controllerDeployment,
  controllerNames,
  controllerService,
  LOGIN_KEY_SECRET,
  NAMESPACE_RULES,
  PROXY_SECRET,
} from "./controller";
import { type GatewayLogin, loginPolicy } from "./login";
import * as resources from "./resources";

/** A host name and the service behind it. */
export interface GatewayRoute {
  /** One label under the gateway's domain. */
  readonly hostname: string;
  /** Address that people open, with its port, without a final slash. */
  readonly url: string;
  readonly backend: {
    /** Name of the Service in cluster DNS, such as `keycloak.login.svc`. */
    readonly host: pulumi.Input<string>;
    readonly port: number;
    /** Authority that signed the service's certificate, PEM. @default none: the service speaks plain HTTP */
    readonly caCertificate?: pulumi.Input<string>;
  };
  /** Roles of the gateway's client with any of which people are let in. Plain. @default the service has a login of its own */
  readonly roles?: readonly string[];
  /** Paths that are led to it, with all below them. Plain. @default all */
  readonly paths?: readonly string[];
  /** Paths that are answered 404, with all below them, such as what is for other services alone. Plain. @default none */
  readonly closed?: readonly string[];
  /** Path that whoever asks for the bare address is sent on to. Plain. @default none: the service answers itself */
  readonly start?: string;
  /** `Authorization` header that the service is given in place of the caller's, secret. Only with `roles`. @default the caller's own */
  readonly authorization?: pulumi.Input<string>;
}

/** How a cluster's outside reaches the proxies. */
export type Exposure =
  /** A load balancer of the cluster, on these ports. */
  | { readonly type: "LoadBalancer"; readonly https: number; readonly http: number }
  /** These ports of every node, 30000 to 32767, from where something else leads to them. */
  | { readonly type: "NodePort"; readonly https: number; readonly http: number };

export interface PlatformGatewayArgs {
  /** Namespace of controller, proxies and routes. Changing it replaces the gateway. */
  readonly namespace: pulumi.Input<string>;
  /** Images of Envoy Gateway and of the Envoy that it was made for. */
  readonly images: { readonly controller: pulumi.Input<string>; readonly proxy: pulumi.Input<string> };
  /**
   * Definitions of the custom resources, as scripts/operators writes them. Plain: they decide which resources exist.
   * @default they are there already
   */
  readonly definitions?: { readonly gatewayApi: readonly Manifest[]; readonly envoyGateway: readonly Manifest[] };
  /** Domain of all host names; the certificate is for every name right under it. */
  readonly domain: string;
  /** Port of https as people type it. @default 443 */
  readonly httpsPort?: number;
  readonly exposure: Exposure;
  /** Proxies. Plain. @default 1 */
  readonly replicas?: number;
  /** Of each proxy. @default 100m cores, 256Mi */
  readonly resources?: Resources;
  /** Of the controller. @default 20m cores, 192Mi */
  readonly controllerResources?: Resources;
  /** Host names by a name for each. Plain. @default none */
  readonly routes?: Readonly<Record<string, GatewayRoute>>;
  /** Login for the routes that have `roles`. Plain whether there is one. @default none */
  readonly login?: GatewayLogin;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

const DEFAULTS = {
  httpsPort: 443,
  replicas: 1,
  resources: { cpu: "100m", memory: "256Mi" },
  controllerResources: { cpu: "20m", memory: "192Mi" },
  routes: {},
  labels: {},
};

export type PlatformGatewaySpec = WithDefaults<PlatformGatewayArgs, typeof DEFAULTS>;

/** Custom resources that controller and proxies are made from. */
type Register = (suffix: string, manifest: CustomResource, dependsOn?: readonly pulumi.Resource[]) => pulumi.Resource;
type CustomResource = k8s.apiextensions.CustomResourceArgs;

/** Backend of the provider that people log in at. */
const LOGIN_BACKEND = "login-provider";

/**
 * The one way in for people: Envoy Gateway with a host name for each service under one domain, TLS by an authority of its own, and a
 * login in front of services that have none.
 */
export class PlatformGateway extends pulumi.ComponentResource {
  /** Certificate of the authority that signed that of the domain, PEM; people and programs that come from outside trust it. */
  readonly caCertificate: pulumi.Output<string>;
  /** Addresses that people open, by the names of the routes. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The way in: ready when the proxies are. */
  readonly ready: k8s.core.v1.Service;

  constructor(name: string, args: PlatformGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.platformGateway, name, {}, opts);
    const spec: PlatformGatewaySpec = { ...DEFAULTS, ...args };
    refuse(checkGateway(name, spec), this);

    const labels = objectLabels(spec.labels, { name, instance: name }, "gateway");
    const metadata = { namespace: spec.namespace, labels };
    const authority = issueAuthority(name, `${name} CA of ${spec.domain}`, this);
    this.caCertificate = authority.certificate;
    this.addresses = Object.fromEntries(Object.entries(spec.routes).map(([route, { url }]) => [route, url]));
    const { gatewayApi = [], envoyGateway = [] } = spec.definitions ?? {};
    const definitions = registerDefinitions(name, [...gatewayApi, ...envoyGateway], spec.labels, { parent: this });
    const controller = this.#buildController(name, spec, definitions);

    const register: Register = (suffix, manifest, dependsOn = [controller]) =>
      new k8s.apiextensions.CustomResource(`${name}-${suffix}`, manifest, { parent: this, dependsOn: [...dependsOn] });
    const tls = this.#buildCertificate(name, spec, authority, labels);
    const gatewayClass = register("class", resources.gatewayClass(name, labels));
    const proxy = register(
      "proxy",
      resources.envoyProxy(name, metadata, { ...spec, image: spec.images.proxy, podLabels: spec.labels }),
    );
    const headers = register("clients", resources.clientPolicy(name, metadata));
    const gateway = register("gateway", resources.gateway(name, metadata, spec.domain, tls), [
      gatewayClass,
      proxy,
      headers,
    ]);
    register("redirect", resources.redirectRoute(name, "redirect", metadata, spec.httpsPort), [gateway]);
    this.#buildRoutes(name, spec, metadata, (suffix, manifest) => register(suffix, manifest, [gateway]));
    this.ready = new k8s.core.v1.Service(`${name}-service`, serviceArgs(name, spec, labels), {
      parent: this,
      dependsOn: [gateway],
    });
    new k8s.core.v1.ConfigMap(
      `${name}-authority`,
      { metadata: { ...metadata, name: `${name}-authority` }, data: { "ca.crt": authority.certificate } },
      { parent: this },
    );
    this.registerOutputs({ caCertificate: this.caCertificate, addresses: this.addresses });
  }

  /** The controller with its rights, and the certificates by which it and the proxies know each other. */
  #buildController(name: string, spec: PlatformGatewaySpec, definitions: readonly pulumi.Resource[]): pulumi.Resource {
    const { namespace } = spec;
    const labels = objectLabels(spec.labels, { name: CONTROLLER, instance: CONTROLLER }, "controller");
    const metadata = { name: CONTROLLER, namespace, labels };
    const child = { parent: this };
    const authority = issueAuthority(`${name}-control`, `${name} control plane CA`, this);
    const plain = pulumi.output(namespace);
    const server = issueCertificate(
      `${name}-controller`,
      {
        authority,
        commonName: CONTROLLER,
        dnsNames: plain.apply(controllerNames),
        uses: ["server_auth", "client_auth"],
      },
      this,
    );
    const proxy = issueCertificate(
      `${name}-proxies`,
      {
        authority,
        commonName: PROXY_SECRET,
        dnsNames: [pulumi.interpolate`*.${plain}`],
        uses: ["client_auth", "server_auth"],
      },
      this,
    );
    const secret = (suffix: string, secretName: string, content: Record<string, pulumi.Input<string>>, type: string) =>
      new k8s.core.v1.Secret(
        `${name}-${suffix}`,
        { metadata: { ...metadata, name: secretName }, type, data: secretData(content) },
        child,
      );
    const loginKey = makePassword(`${name}-login`, "key", { parent: this });
    const secrets = [
      secret("controller-tls", CONTROLLER, certificateFiles(authority, server), "kubernetes.io/tls"),
      secret("proxies-tls", PROXY_SECRET, certificateFiles(authority, proxy), "kubernetes.io/tls"),
      secret("login-key", LOGIN_KEY_SECRET, { "hmac-secret": loginKey }, "Opaque"),
    ];

    const config = pulumi.jsonStringify(
      pulumi.all([plain, spec.images.controller]).apply(([at, image]) => controllerConfig(at, image)),
    );
    const controller = {
      namespace,
      labels,
      image: spec.images.controller,
      resources: spec.controllerResources,
      checksum: openHash([config, server.certificate], 16),
    };
    const configMap = new k8s.core.v1.ConfigMap(
      `${name}-controller-config`,
      controllerConfigMap(controller, config),
      child,
    );
    makeService(`${name}-controller-service`, controllerService(controller), this);
    return new k8s.apps.v1.Deployment(`${name}-controller`, controllerDeployment(controller), {
      ...child,
      dependsOn: [...definitions, ...secrets, configMap, ...this.#buildRights(name, spec, labels)],
    });
  }

  #buildRights(name: string, { namespace }: PlatformGatewaySpec, labels: Labels): pulumi.Resource[] {
    const child = { parent: this };
    const metadata = { name: CONTROLLER, namespace, labels };
    const clusterWide = { name: pulumi.interpolate`${namespace}-${CONTROLLER}`, labels };
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-controller`,
      { metadata, automountServiceAccountToken: false },
      child,
    );
    const subjects = [{ kind: "ServiceAccount", name: account.metadata.name, namespace }];
    const roleRef = (kind: string, role: pulumi.Input<string>) => ({
      apiGroup: "rbac.authorization.k8s.io",
      kind,
      name: role,
    });
    const role = new k8s.rbac.v1.Role(`${name}-controller`, { metadata, rules: NAMESPACE_RULES }, child);
    const clusterRole = new k8s.rbac.v1.ClusterRole(
      `${name}-controller`,
      { metadata: clusterWide, rules: CLUSTER_RULES },
      child,
    );
    return [
      new k8s.rbac.v1.RoleBinding(
        `${name}-controller`,
        { metadata, roleRef: roleRef("Role", role.metadata.name), subjects },
        child,
      ),
      new k8s.rbac.v1.ClusterRoleBinding(
        `${name}-controller`,
        { metadata: clusterWide, roleRef: roleRef("ClusterRole", clusterRole.metadata.name), subjects },
        child,
      ),
    ];
  }

  /** The certificate of the domain; answers the name of its Secret. */
  #buildCertificate(name: string, spec: PlatformGatewaySpec, authority: Authority, labels: Labels) {
    const certificate = issueCertificate(
      `${name}-domain`,
      { authority, commonName: spec.domain, dnsNames: [`*.${spec.domain}`, spec.domain], uses: ["server_auth"] },
      this,
    );
    const secret = new k8s.core.v1.Secret(
      `${name}-domain-tls`,
      {
        metadata: { name: `${name}-domain-tls`, namespace: spec.namespace, labels },
        type: "kubernetes.io/tls",
        data: secretData(certificateFiles(authority, certificate)),
      },
      { parent: this },
    );
    return secret.metadata.name;
  }

  #buildRoutes(
    name: string,
    { routes, login }: PlatformGatewaySpec,
    metadata: { readonly namespace: pulumi.Input<string>; readonly labels: Labels },
    register: Register,
  ): void {
    const backend = (route: string, { host, port, caCertificate }: GatewayRoute["backend"]) => {
      register(`${route}-backend`, resources.backend(route, metadata, { host, port }));
      if (caCertificate === undefined) return;
      const authority = new k8s.core.v1.ConfigMap(
        `${name}-${route}-authority`,
        { metadata: { ...metadata, name: `${route}-authority` }, data: { "ca.crt": caCertificate } },
        { parent: this },
      );
      register(
        `${route}-backend-tls`,
        resources.backendTlsPolicy(route, metadata, { host, authority: authority.metadata.name }),
      );
    };
    for (const [route, args] of Object.entries(routes)) {
      backend(route, args.backend);
      if (args.authorization !== undefined) {
        const secret = new k8s.core.v1.Secret(
          `${name}-${route}-authorization`,
          {
            metadata: { ...metadata, name: `${route}-authorization` },
            data: secretData({ [resources.CREDENTIAL_KEY]: args.authorization }),
          },
          { parent: this },
        );
        register(`${route}-authorization`, resources.authorizationFilter(route, metadata, secret.metadata.name));
      }
      if (args.closed !== undefined) register(`${route}-closed`, resources.closedFilter(route, metadata));
      register(`${route}-route`, resources.hostRoute(name, route, metadata, args));
    }
    if (login === undefined) return;
    backend(LOGIN_BACKEND, login.provider);
    const secret = new k8s.core.v1.Secret(
      `${name}-login-client`,
      {
        metadata: { ...metadata, name: `${name}-login-client` },
        data: secretData({ "client-secret": login.clientSecret }),
      },
      { parent: this },
    );
    for (const [route, { url, roles }] of Object.entries(routes)) {
      if (roles === undefined) continue;
      const policy = { ...login, url, roles, secret: secret.metadata.name, backend: LOGIN_BACKEND };
      register(`${route}-login`, loginPolicy(route, metadata, policy));
    }
  }
}

function serviceArgs(
  name: string,
  { namespace, exposure }: PlatformGatewaySpec,
  labels: Labels,
): k8s.core.v1.ServiceArgs {
  const { type } = exposure;
  const port = (scheme: "https" | "http") => {
    const targetPort = resources.LISTENERS[scheme];
    return type === "NodePort"
      ? { name: scheme, port: targetPort, targetPort, nodePort: exposure[scheme] }
      : { name: scheme, port: exposure[scheme], targetPort };
  };
  return {
    metadata: { name, namespace, labels },
    spec: { type, selector: resources.proxyLabels(name), ports: [port("https"), port("http")] },
  };
}
