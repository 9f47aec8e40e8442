import { checkDefinitions } from "../custom-resource-definitions";
import { Problems } from "../problems";
import type { PlatformGatewaySpec } from "./platform-gateway";

const NEEDED = {
  gatewayApi: ["gatewayclasses", "gateways", "httproutes", "referencegrants", "backendtlspolicies"].map(
    (kind) => `${kind}.gateway.networking.k8s.io`,
  ),
  envoyGateway: ["envoyproxies", "backends", "clienttrafficpolicies", "securitypolicies", "httproutefilters"].map(
    (kind) => `${kind}.gateway.envoyproxy.io`,
  ),
} as const;

/** Names that the gateway's own objects have in its namespace. */
const TAKEN = ["redirect", "login-provider"];

/** All that is wrong with a gateway's arguments. */
export function checkGateway(name: string, spec: PlatformGatewaySpec): string[] {
  const problems = new Problems(`PlatformGateway "${name}"`);
  problems.name("name", name, 40);
  problems.whole("replicas", spec.replicas, 1);
  problems.whole("httpsPort", spec.httpsPort, 1, 65535);
  problems.resources("resources", spec.resources);
  problems.resources("controllerResources", spec.controllerResources);
  for (const [field, needed] of Object.entries(NEEDED))
    if (spec.definitions !== undefined)
      checkDefinitions(problems, `definitions.${field}`, spec.definitions[field as keyof typeof NEEDED], needed);
  const routes = Object.entries(spec.routes);
  for (const [route, { hostname, roles, authorization, paths = [], closed = [], start, backend }] of routes) {
    problems.name(`routes.${route}`, route, 52);
    if (TAKEN.includes(route)) problems.add(`routes.${route}`, "has the name of the gateway's own. Use another name.");
    problems.whole(`routes.${route}.backend.port`, backend.port, 1, 65535);
    if (!hostname.endsWith(`.${spec.domain}`) || hostname.slice(0, -spec.domain.length - 1).includes("."))
      problems.add(
        `routes.${route}.hostname`,
        `is ${JSON.stringify(hostname)}. Use one label and the domain, such as ${route}.${spec.domain}: the certificate holds for no other.`,
      );
    if (roles !== undefined && spec.login === undefined)
      problems.add(
        `routes.${route}.roles`,
        "asks for a login, but there is no `login`. Give it, or leave the roles out.",
      );
    for (const [field, listed] of Object.entries({ paths, closed }))
      for (const path of listed)
        if (!path.startsWith("/"))
          problems.add(`routes.${route}.${field}`, `has ${JSON.stringify(path)}. Begin each with "/".`);
    if (start?.startsWith("/") === false)
      problems.add(`routes.${route}.start`, `is ${JSON.stringify(start)}. Begin it with "/".`);
    if (authorization !== undefined && roles === undefined)
      problems.add(`routes.${route}.authorization`, "would be anybody's who comes. Name the `roles` that are let in.");
    if (roles?.length === 0) problems.add(`routes.${route}.roles`, "is empty: nobody would be let in. Name a role.");
  }
  problems.distinct(
    "routes.hostname",
    routes.map(([, { hostname }]) => hostname),
  );
  return problems.found;
}
