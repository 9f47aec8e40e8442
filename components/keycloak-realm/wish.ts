import { hasSecret, isForPeople, type Realm, type RealmClient, type RealmPerson, SETUP_CLIENT } from "./realm";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Settings of the realm, in the words of Keycloak's admin API
 * (https://www.keycloak.org/docs-api/26.7/rest-api/#RealmRepresentation). What could weaken a login is named even where it is
 * Keycloak's default, so that a change by hand is found.
 */
const SETTINGS = {
  enabled: true,
  sslRequired: "all",
  registrationAllowed: false,
  registrationEmailAsUsername: false,
  rememberMe: false,
  verifyEmail: false,
  resetPasswordAllowed: false,
  editUsernameAllowed: false,
  loginWithEmailAllowed: false,
  duplicateEmailsAllowed: false,
  userManagedAccessAllowed: false,
  organizationsEnabled: false,
  defaultSignatureAlgorithm: "RS256",

  // Five wrong passwords lock an account for a minute, each further five for a minute more, up to a quarter of an hour.
  bruteForceProtected: true,
  permanentLockout: false,
  failureFactor: 5,
  waitIncrementSeconds: MINUTE,
  maxFailureWaitSeconds: 15 * MINUTE,
  minimumQuickLoginWaitSeconds: MINUTE,
  quickLoginCheckMilliSeconds: 1000,
  maxDeltaTimeSeconds: 12 * HOUR,
  passwordPolicy:
    "length(12) and maxLength(64) and notUsername(undefined) and notEmail(undefined) and passwordHistory(5)",

  // Lives of tokens and sessions, in seconds. A refresh token is good once.
  accessTokenLifespan: 5 * MINUTE,
  accessTokenLifespanForImplicitFlow: MINUTE,
  accessCodeLifespan: MINUTE,
  accessCodeLifespanUserAction: 5 * MINUTE,
  accessCodeLifespanLogin: 30 * MINUTE,
  actionTokenGeneratedByAdminLifespan: 12 * HOUR,
  actionTokenGeneratedByUserLifespan: 5 * MINUTE,
  ssoSessionIdleTimeout: 30 * MINUTE,
  ssoSessionMaxLifespan: 10 * HOUR,
  revokeRefreshToken: true,
  refreshTokenMaxReuse: 0,
  offlineSessionIdleTimeout: DAY,
  offlineSessionMaxLifespanEnabled: true,
  offlineSessionMaxLifespan: 7 * DAY,

  eventsEnabled: true,
  eventsExpiration: 30 * DAY,
  eventsListeners: ["jboss-logging"],
  adminEventsEnabled: true,
  adminEventsDetailsEnabled: false, // they would hold e-mail addresses

  browserFlow: "browser",
  registrationFlow: "registration",
  directGrantFlow: "direct grant",
  resetCredentialsFlow: "reset credentials",
  clientAuthenticationFlow: "clients",

  browserSecurityHeaders: {
    contentSecurityPolicy: "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
    strictTransportSecurity: "max-age=31536000; includeSubDomains",
    xContentTypeOptions: "nosniff",
    xFrameOptions: "SAMEORIGIN",
  },
};

/** People log in by the realm's flows, whatever the client: who has logged in to one is not asked again by the others. */
const FLOWS = { authenticationFlowBindingOverrides: {} };

/** Nobody administers this realm by hand, so nobody needs Keycloak's own console and command line in it. */
const OWN_CLIENTS = {
  account: FLOWS,
  "account-console": FLOWS,
  "admin-cli": { enabled: false },
  "security-admin-console": { enabled: false },
};

/** What every client has, whatever its kind. */
const CLIENT = {
  enabled: true,
  protocol: "openid-connect",
  clientAuthenticatorType: "client-secret",
  bearerOnly: false,
  consentRequired: false,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  frontchannelLogout: false,
  alwaysDisplayInConsole: false,
  surrogateAuthRequired: false,
  webOrigins: [],
  optionalClientScopes: [],
  ...FLOWS,
};

/** Keycloak's own attributes of a new client. */
const LOGOUT = { "backchannel.logout.session.required": "true", "backchannel.logout.revoke.offline.tokens": "false" };

interface Mapper {
  readonly protocolMapper: string;
  readonly config: Readonly<Record<string, string>>;
}

/**
 * What `realm_apply.py` makes true (its form: images/keycloak/realm_plan.py): a pure function of the realm, without any secret.
 */
export function realmWish(realm: Realm) {
  const setup: RealmClient = { kind: "service", grants: { "realm-management": "realm-admin" } };
  const clients = { ...realm.clients, [SETUP_CLIENT]: setup };
  return {
    realm: realm.name,
    settings: SETTINGS,
    clients: mapValues(clients, clientWish),
    ownClients: OWN_CLIENTS,
    groups: mapValues(realm.groups ?? {}, ({ why, roles }) => ({
      settings: { description: why },
      roles: mapValues(roles ?? {}, (role) => [role]),
    })),
    people: mapValues(realm.people ?? {}, personWish),
  };
}

function clientWish(client: RealmClient, id: string) {
  const people = isForPeople(client);
  const service = client.kind === "service";
  return {
    settings: {
      ...CLIENT,
      publicClient: client.kind === "public",
      standardFlowEnabled: people,
      serviceAccountsEnabled: service,
      // A person's token holds roles of the client that asked for it and of no other; a service account has few anyway.
      fullScopeAllowed: service,
      redirectUris: [...(client.redirectUris ?? [])],
      defaultClientScopes: scopesOf(client),
      attributes: {
        ...LOGOUT,
        ...(people ? { "pkce.code.challenge.method": "S256", "post.logout.redirect.uris": afterLogout(client) } : {}),
      },
    },
    secret: hasSecret(client),
    roles: [...(client.roles ?? [])],
    mappers: mappersOf(client, id),
    grants: mapValues(client.grants ?? {}, (role) => [role]),
  };
}

/** After a logout people come back to any page of a host that they may come back to after a login. */
function afterLogout({ redirectUris = [] }: RealmClient): string {
  const origins = redirectUris.map((uri) => new URL(uri).origin);
  return [...new Set(origins)].map((origin) => `${origin}/*`).join("##"); // Keycloak's separator
}

/** Keycloak's own client scopes: https://www.keycloak.org/docs/26.7/server_admin/#_client_scopes */
function scopesOf(client: RealmClient): string[] {
  if (client.kind === "resource") return [];
  if (client.kind === "service") return ["basic", "roles", "service_account"];
  return ["acr", "basic", "email", "profile", "roles", "web-origins"];
}

/** Claims `groups` and `roles` (those of this client), and the client as audience of its tokens. */
function mappersOf(client: RealmClient, id: string): Record<string, Mapper> {
  if (client.kind === "resource") return {};
  const audience: Mapper = {
    protocolMapper: "oidc-audience-mapper",
    config: { "included.client.audience": id, "id.token.claim": "false", "access.token.claim": "true" },
  };
  if (!isForPeople(client)) return { audience };
  const everywhere = { "id.token.claim": "true", "access.token.claim": "true", "userinfo.token.claim": "true" };
  return {
    audience,
    groups: {
      protocolMapper: "oidc-group-membership-mapper",
      config: { "claim.name": "groups", "full.path": "false", ...everywhere },
    },
    roles: {
      protocolMapper: "oidc-usermodel-client-role-mapper",
      config: {
        "claim.name": "roles",
        "jsonType.label": "String",
        multivalued: "true",
        "usermodel.clientRoleMapping.clientId": id,
        ...everywhere,
      },
    },
  };
}

function personWish({ firstName, lastName, email, groups, disabled = false }: RealmPerson) {
  return {
    settings: { firstName, lastName, email, emailVerified: true, enabled: !disabled },
    groups: [...groups],
  };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
