import { KUBERNETES_CLIENT, KUBERNETES_ROLES } from "../known-clients";
import { own } from "../plain";
import type { Finding, PathSegment } from "../problem";
import { declared, entries, type Rule, repeated, unknownName } from "./rule";

/** Clients that every realm of Keycloak has. */
const OWN_CLIENTS = ["account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"];

/** Neither the realm nor a client takes a name of Keycloak's own. */
export const reservedInRealm: Rule = ({ realm }) => {
  const taken = (path: readonly PathSegment[], value: string): Finding => ({
    path,
    kind: "reserved",
    value,
    allowed: "another name",
    message: `${value} belongs to Keycloak itself.`,
  });
  return [
    ...(realm?.name === "master" ? [taken(["realm", "name"], realm.name)] : []),
    ...Object.keys(realm?.clients ?? {})
      .filter((client) => OWN_CLIENTS.includes(client))
      .map((client) => taken(["realm", "clients", client], client)),
  ];
};

/** Kinds of clients that people never come back to. */
const WITHOUT_PEOPLE = ["service", "resource"];

/** Clients of people have redirect URIs, others have none. */
export const redirectsPresent: Rule = ({ realm }) =>
  entries(realm?.clients).flatMap(([name, { kind, redirectUris }]): Finding[] => {
    if (kind === undefined) return [];
    const count = redirectUris?.length ?? 0;
    const nobody = WITHOUT_PEOPLE.includes(kind);
    if (nobody === (count === 0)) return [];
    const path = ["realm", "clients", name, "redirectUris"];
    const [allowed, message] = nobody
      ? ["no redirect URI", `Nobody logs in through ${name}, which is of kind ${kind}.`]
      : ["one redirect URI or more", `Nobody could log in through client ${name}.`];
    return [{ path, kind: "redirect-uri", value: `(list of ${count})`, allowed, message }];
  });

/** A name in braces stands for a host of the definition. */
const HOST_IN_BRACES = /^https:\/\/\{([^}]*)\}/;
/** RFC 8252, section 7.3: a command-line program listens on the loopback interface, where no TLS is needed. */
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$)/;

function unsafe(uri: string, kind: string | undefined): string | undefined {
  if (uri.includes("*")) return "A wildcard sends logins to pages that nobody meant.";
  if (uri.includes("#")) return "A fragment never reaches the server.";
  if (!URL.canParse(uri.replace(HOST_IN_BRACES, "https://host"))) return "This is no address.";
  if (uri.startsWith("https://")) return undefined;
  if (!LOOPBACK.test(uri)) return "Whoever listens on the way could take the login.";
  return kind === "public"
    ? undefined
    : "Only public clients, which run on a person's own machine, may use loopback addresses.";
}

/** Redirect URIs are exact, encrypted, and on hosts that are there. */
export const safeRedirects: Rule = ({ realm, hosts }) =>
  entries(realm?.clients).flatMap(([name, { kind, redirectUris }]) =>
    (redirectUris ?? []).flatMap((uri, index): Finding[] => {
      if (uri === undefined) return [];
      const path = ["realm", "clients", name, "redirectUris", index];
      const message = unsafe(uri, kind);
      if (message !== undefined) {
        const allowed = "an exact https address, with {name} for a host of the definition";
        const suggestion =
          /^http:\/\/[^*#]+$/.test(uri) && !LOOPBACK.test(uri) ? { suggestion: uri.replace("http:", "https:") } : {};
        return [{ path, kind: "redirect-uri", value: uri, allowed, ...suggestion, message }];
      }
      const host = HOST_IN_BRACES.exec(uri)?.[1];
      if (host === undefined || declared(hosts, host)) return [];
      return [unknownName(path, host, "host", Object.keys(hosts ?? {}))];
    }),
  );

/** Where the gateway logs people in, there is a client with the roles that are asked for, to which people can be sent back. */
export const gatewayLogins: Rule = ({ hosts, realm, workloads, services }) =>
  entries(hosts).flatMap(([name, { login, workload }]): Finding[] => {
    if (login?.client === undefined) return [];
    const path = ["hosts", name, "login"];
    const clients = realm?.clients;
    const service = own(workloads, workload ?? "")?.service;
    const off: Finding[] =
      services?.keycloak === false && service !== undefined && services[service] === true
        ? [
            {
              path: ["services", "keycloak"],
              kind: "dependency",
              value: false,
              allowed: `true, or ${service}: false`,
              message: `keycloak is switched off, but people log in there for host ${name}.`,
            },
          ]
        : [];
    if (!declared(clients, login.client))
      return [...off, unknownName([...path, "client"], login.client, "client", Object.keys(clients ?? {}))];
    const client = own(clients, login.client);
    const callback = `https://{${name}}/oauth2/callback`;
    const known = client?.roles?.filter((role) => role !== undefined);
    return [
      ...off,
      ...(login.roles ?? []).flatMap((role, index) =>
        role === undefined || known === undefined || known.includes(role)
          ? []
          : [unknownName([...path, "roles", index], role, `role of client ${login.client} called`, known)],
      ),
      ...(client?.redirectUris === undefined || client.redirectUris.includes(callback)
        ? []
        : [
            {
              path: ["realm", "clients", login.client, "redirectUris"],
              kind: "redirect-uri" as const,
              value: `(list of ${client.redirectUris.length})`,
              allowed: `a list with ${callback}`,
              message: `Nobody could be sent back to host ${name} after a login.`,
            },
          ]),
    ];
  });

/** All hosts where the gateway logs people in have one client: a login at one counts at the others. */
export const oneGatewayClient: Rule = ({ hosts, realm }) => {
  const logins = entries(hosts).flatMap(([name, { login }]) =>
    login?.client === undefined || !declared(realm?.clients, login.client) ? [] : [{ name, client: login.client }],
  );
  const [first] = logins;
  return logins
    .filter(({ client }) => client !== first?.client)
    .map(({ name, client }) => ({
      path: ["hosts", name, "login", "client"],
      kind: "choice",
      value: client,
      allowed: `${first?.client}, as for host ${first?.name}`,
      message: "The gateway logs people in by one client for all hosts.",
    }));
};

/** Groups and service accounts are granted roles that the client has. */
export const grantedRoles: Rule = ({ realm }) => {
  const clients = realm?.clients;
  const unknown = (at: readonly PathSegment[], granted: Readonly<Record<string, string | undefined>> | undefined) =>
    entries(granted).flatMap(([client, role]): Finding[] => {
      const path = [...at, client];
      if (!declared(clients, client)) return [unknownName(path, client, "client", Object.keys(clients ?? {}))];
      const roles = own(clients, client)?.roles?.filter((name) => name !== undefined);
      return roles === undefined || roles.includes(role)
        ? []
        : [unknownName(path, role, `role of client ${client} called`, roles)];
    });
  return [
    ...entries(realm?.groups).flatMap(([group, { roles }]) => unknown(["realm", "groups", group, "roles"], roles)),
    ...entries(clients).flatMap(([client, { grants }]) => unknown(["realm", "clients", client, "grants"], grants)),
  ];
};

/** Only a service account can be granted anything: people have groups. */
export const grantsToServices: Rule = ({ realm }) =>
  entries(realm?.clients).flatMap(([name, { kind, grants }]): Finding[] => {
    const count = Object.keys(grants ?? {}).length;
    if (kind === undefined || kind === "service" || count === 0) return [];
    return [
      {
        path: ["realm", "clients", name, "grants"],
        kind: "choice",
        value: `(${count} of them)`,
        allowed: "none, or the kind service",
        message: `Client ${name} has no service account: it is of kind ${kind}.`,
      },
    ];
  });

/** People are in groups that are there. */
export const knownGroups: Rule = ({ realm }) =>
  entries(realm?.people).flatMap(([person, { groups }]) =>
    (groups ?? []).flatMap((group, index) =>
      group === undefined || declared(realm?.groups, group)
        ? []
        : [unknownName(["realm", "people", person, "groups", index], group, "group", Object.keys(realm?.groups ?? {}))],
    ),
  );

/** Keycloak takes each e-mail address once. */
export const uniqueEmails: Rule = ({ realm }) => {
  const reachable = entries(realm?.people).filter(([, { email }]) => email !== undefined);
  return repeated(reachable, ([, { email }]) => email?.toLowerCase()).map(
    ({ item: [name, { email }], first: [other] }) => ({
      path: ["realm", "people", name, "email"],
      kind: "duplicate",
      value: email,
      allowed: "an address that nobody else has",
      message: `${name} and ${other} have the same address.`,
    }),
  );
};

/** The roles for the Kubernetes API are those that are known there. */
export const kubernetesRoles: Rule = ({ realm }) =>
  (own(realm?.clients, KUBERNETES_CLIENT)?.roles ?? []).flatMap((role, index): Finding[] => {
    if (role === undefined || KUBERNETES_ROLES.some((known) => known === role)) return [];
    const path = ["realm", "clients", KUBERNETES_CLIENT, "roles", index];
    return [unknownName(path, role, "role for Kubernetes called", KUBERNETES_ROLES)];
  });
