import * as pulumi from "@pulumi/pulumi";
import type { AirflowCelery } from "../components/airflow-celery";
import type { KeycloakRealm } from "../components/keycloak-realm";
import { type GatewayRoute, PlatformGateway } from "../components/platform-gateway";
import type { Environment } from "../environment";
import type { Foundation } from "./foundation";

/** Name of the gateway and of the workload in the environment, whose label holds it. */
const GATEWAY = "gateway";

/** The one way in, with a host for everything that is switched on. */
export function buildGateway(
  environment: Environment,
  foundation: Foundation,
  { realm, airflow }: { readonly realm: KeycloakRealm | undefined; readonly airflow: AirflowCelery | undefined },
): PlatformGateway {
  const { namespaces, images, operators, providers, labels, objectStore } = foundation;
  const { hosts, workloads, services, gateway, domain, gatewayPort } = environment;
  /** Authorities of those that speak TLS, by their workload. */
  const authorities: Readonly<Record<string, pulumi.Input<string> | undefined>> = {
    "object-store": objectStore?.caCertificate,
    keycloak: realm?.caCertificate,
  };
  /** How those let the gateway in that would let in nobody else. */
  const authorizations: Readonly<Record<string, pulumi.Input<string> | undefined>> = {
    "airflow-flower": airflow?.flowerAuthorization,
  };
  const ours = `/realms/${environment.realm.name}`;
  /** Where not all of a service is for people: of Airflow not what tasks ask, of Keycloak neither the administration nor other realms. */
  const open: Readonly<Record<string, Pick<GatewayRoute, "paths" | "closed" | "start"> | undefined>> = {
    "airflow-api-server": { closed: ["/execution"] },
    keycloak: { paths: [ours, "/resources"], start: `${ours}/account` },
  };
  const routes = Object.entries(hosts).flatMap(([host, { name: hostname, url, workload: behind, port, login }]) => {
    const workload = workloads[behind];
    if (workload === undefined || !services[workload.service]) return [];
    const caCertificate = authorities[behind];
    const backend = {
      host: pulumi.interpolate`${behind}.${namespaces.of(workload.namespace)}.svc`,
      port: workload.ports[port] ?? 0,
      ...(caCertificate === undefined ? {} : { caCertificate }),
    };
    const authorization = authorizations[behind];
    const protection = {
      ...(login === undefined ? {} : { roles: login.roles }),
      ...(authorization === undefined ? {} : { authorization }),
      ...open[behind],
    };
    return [[host, { hostname, url, backend, ...protection }] as const];
  });
  const client = Object.values(hosts).find(({ login }) => login !== undefined)?.login?.client;
  const login = client === undefined ? undefined : realm?.logins[client];
  return new PlatformGateway(
    GATEWAY,
    {
      namespace: namespaces.of(workloads[GATEWAY]?.namespace ?? ""),
      images: { controller: images("envoy-gateway"), proxy: images("envoy") },
      ...(environment.operators === "installed"
        ? {}
        : { definitions: { gatewayApi: operators("gateway-api"), envoyGateway: operators("envoy-gateway") } }),
      domain,
      httpsPort: gatewayPort,
      exposure: foundation.gatewayExposure,
      replicas: gateway.replicas,
      resources: gateway.resources,
      routes: Object.fromEntries(routes),
      ...(login === undefined ? {} : { login }),
      labels,
    },
    { providers },
  );
}
