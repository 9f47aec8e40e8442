import assert from "node:assert/strict";
import { KeycloakRealm, type KeycloakRealmArgs, type Realm, realmWish } from "../../components/keycloak-realm";
import { TYPES } from "../../components/types";
import type { Registration } from "../support/recorder";
import { assertField, assertNothingLeaks, assertWellFormed, recordComponent, refusals, secretData } from "./recorded";

const REALM: Realm = {
  name: "platform",
  clients: {
    airflow: {
      kind: "confidential",
      redirectUris: ["https://airflow.example.com/back"],
      roles: ["Admin", "Viewer"],
      credentialsIn: [{ namespace: "platform-airflow", secretName: "login-airflow" }],
    },
    kubectl: {
      kind: "public",
      redirectUris: ["http://localhost:8000"],
      credentialsIn: [{ namespace: "platform-airflow", secretName: "login-kubectl" }],
    },
    kafka: { kind: "resource", roles: ["client"] },
    job: { kind: "service", grants: { kafka: "client" } },
  },
  groups: { admin: { why: "runs the platform", roles: { airflow: "Admin" } } },
  people: { ada: { firstName: "Ada", lastName: "Lovelace", email: "ada@localhost", groups: ["admin"] } },
};
const ARGS: KeycloakRealmArgs = {
  namespace: "platform-login",
  image: "localhost/platform/keycloak:26.7.3-0123456789ab",
  publicUrl: "https://login.example.com:8443",
  database: { secretName: "postgres-keycloak", connections: 60, ready: [] },
  keys: { setup: "setup-key", people: { ada: "first password of ada" } },
  realm: REALM,
};
const SECRET = "kubernetes:core/v1:Secret";
const JOB = "kubernetes:batch/v1:Job";
const build = (args: Partial<KeycloakRealmArgs> = {}) =>
  recordComponent((opts) => new KeycloakRealm("login", { ...ARGS, ...args }, opts));
const withRealm = (realm: Partial<Realm>): Partial<KeycloakRealmArgs> => ({ realm: { ...REALM, ...realm } });

interface Pod {
  readonly containers: readonly { readonly env: { readonly name: string; readonly value?: string }[] }[];
  readonly topologySpreadConstraints?: unknown;
}

function podOf({ inputs }: Registration): Pod {
  return (inputs as { spec: { template: { spec: Pod } } }).spec.template.spec;
}

async function variables(args: Partial<KeycloakRealmArgs> = {}): Promise<Record<string, string | undefined>> {
  const pod = podOf((await build(args)).find("kubernetes:apps/v1:StatefulSet", "-servers"));
  return Object.fromEntries(pod.containers.flatMap(({ env }) => env.map(({ name, value }) => [name, value])));
}

describe("KeycloakRealm", () => {
  it("is one tree on the given providers, and keeps its secrets", async () => {
    const recorded = await build();
    assertWellFormed(recorded, TYPES.keycloakRealm, "login");
    assertNothingLeaks(recorded);
  });

  it("hands an application all it needs: the browser's way by the public address, its own inside the cluster", async () => {
    const outside = "https://login.example.com:8443/realms/platform";
    const inside = "https://login.platform-login.svc:8443/realms/platform/protocol/openid-connect";
    const recorded = await build();
    const everywhere = {
      issuer: outside,
      "authorization-endpoint": `${outside}/protocol/openid-connect/auth`,
      "end-session-endpoint": `${outside}/protocol/openid-connect/logout`,
      "token-endpoint": `${inside}/token`,
      "jwks-uri": `${inside}/certs`,
      "userinfo-endpoint": `${inside}/userinfo`,
      "ca.crt": "certificate login-ca\n",
    };
    assert.deepEqual(secretData(recorded.find(SECRET, "-for-login-airflow")), {
      ...everywhere,
      "client-id": "airflow",
      "client-secret": "password of login-airflow-key",
    });
    assert.deepEqual(secretData(recorded.find(SECRET, "-for-login-kubectl")), {
      ...everywhere,
      "client-id": "kubectl",
    });
  });

  it("makes a secret for who logs in by one, and a first password for each person", async () => {
    const recorded = await build();
    assert.deepEqual(Object.keys(secretData(recorded.find(SECRET, "login-clients"))), [
      "airflow",
      "job",
      "realm-setup",
    ]);
    assert.deepEqual(secretData(recorded.find(SECRET, "login-people")), { ada: "first password of ada" });
  });

  it("applies the realm after the servers, by a Job of another name for another realm alone", async () => {
    const nameOf = ({ inputs }: Registration) => (inputs["metadata"] as { name: string }).name;
    const [one, again, other] = [await build(), await build(), await build(withRealm({ people: {} }))];
    const job = one.find(JOB, "-setup");
    assert.ok(job.dependsOn.some((urn) => urn.endsWith("::login-servers")));
    assert.equal(nameOf(job), nameOf(again.find(JOB, "-setup")));
    assert.notEqual(nameOf(job), nameOf(other.find(JOB, "-setup")));
    const servers = "kubernetes:apps/v1:StatefulSet";
    assert.deepEqual(other.find(servers, "-servers").inputs, one.find(servers, "-servers").inputs);
  });

  it("changes nothing but the wish and its Job where a role is added", async () => {
    const airflow = REALM.clients?.["airflow"];
    assert.ok(airflow !== undefined);
    const roles = [...(airflow.roles ?? []), "Op"];
    const inputs = async (args: Partial<KeycloakRealmArgs>) =>
      new Map((await build(args)).all.map((each) => [each.name, JSON.stringify(each.inputs)]));
    const [before, after] = [
      await inputs({}),
      await inputs(withRealm({ clients: { ...REALM.clients, airflow: { ...airflow, roles } } })),
    ];
    assert.deepEqual([...before.keys()], [...after.keys()]);
    const changed = [...before.keys()].filter((name) => before.get(name) !== after.get(name));
    assert.deepEqual(new Set(changed), new Set(["login-setup"]));
  });

  it("verifies the database, shares its connections out, and uses half of the memory as heap", async () => {
    const found = await variables({ replicas: 3, resources: { cpu: "1", memory: "2Gi" } });
    assert.match(found["KC_DB_URL_PROPERTIES"] ?? "", /^\?sslmode=verify-full&sslrootcert=\//);
    assert.equal(found["KC_DB_POOL_MAX_SIZE"], "20");
    assert.match(found["JAVA_OPTS_KC_HEAP"] ?? "", /-Xmx1024m$/);
  });

  it("believes what a proxy says only where it is told to", async () => {
    assert.ok(!("KC_PROXY_HEADERS" in (await variables())));
    assert.equal((await variables({ proxyHeaders: true }))["KC_PROXY_HEADERS"], "xforwarded");
  });

  it("keeps several servers apart, and most of them up", async () => {
    const [one, three] = [await build(), await build({ replicas: 3 })];
    const budget = "kubernetes:policy/v1:PodDisruptionBudget";
    assert.deepEqual(one.names(budget), []);
    assert.deepEqual(three.names(budget), ["login-disruption"]);
    const servers = three.find("kubernetes:apps/v1:StatefulSet", "-servers");
    assert.ok(podOf(servers).topologySpreadConstraints !== undefined);
  });

  const clients = REALM.clients ?? {};
  const wrong: [string, Partial<KeycloakRealmArgs>][] = [
    ["publicUrl", { publicUrl: "http://login.example.com" }],
    ["publicUrl", { publicUrl: "https://login.example.com/" }],
    ["replicas", { replicas: 0 }],
    ["resources.memory", { resources: { cpu: "1", memory: "512Mi" } }],
    ["database.connections", { replicas: 3, database: { ...ARGS.database, connections: 14 } }],
    ["realm.name", withRealm({ name: "master" })],
    ["realm.clients.bootstrap", withRealm({ clients: { ...clients, bootstrap: { kind: "service" } } })],
    ["realm.clients.web.redirectUris", withRealm({ clients: { ...clients, web: { kind: "public" } } })],
    [
      "realm.clients.web.redirectUris",
      withRealm({ clients: { ...clients, web: { kind: "public", redirectUris: ["https://a.example.com/*"] } } }),
    ],
    [
      "realm.clients.web.redirectUris",
      withRealm({ clients: { ...clients, web: { kind: "service", redirectUris: ["https://a.example.com"] } } }),
    ],
    [
      "realm.clients.api.grants",
      withRealm({ clients: { ...clients, api: { kind: "resource", grants: { kafka: "client" } } } }),
    ],
    [
      "realm.clients.api.grants.kafka",
      withRealm({ clients: { ...clients, api: { kind: "service", grants: { kafka: "root" } } } }),
    ],
    ["realm.groups.admin.roles.nothing", withRealm({ groups: { admin: { why: "x", roles: { nothing: "Admin" } } } })],
    [
      "realm.people.ada.groups",
      withRealm({ people: { ada: { firstName: "A", lastName: "L", email: "a@b", groups: ["x"] } } }),
    ],
    ["keys.people.ada", { keys: { setup: "setup-key", people: {} } }],
  ];
  for (const [field, args] of wrong) {
    it(`refuses a wrong ${field}: ${JSON.stringify(args).slice(0, 60)}`, async () => {
      assertField(await refusals((opts) => new KeycloakRealm("login", { ...ARGS, ...args }, opts)), field);
    });
  }
});

describe("the wish for a realm", () => {
  const { settings, clients, ownClients, people } = realmWish(REALM);
  const settingsOf = (id: string) => {
    const client = clients[id];
    assert.ok(client !== undefined);
    return client.settings;
  };

  it("protects against guessing, and lets nobody register or log in without encryption", () => {
    assert.ok(settings.bruteForceProtected);
    assert.ok(!settings.registrationAllowed);
    assert.equal(settings.sslRequired, "all");
    assert.ok(settings.passwordPolicy.includes("length(12)"));
    assert.ok(settings.revokeRefreshToken && settings.eventsEnabled && settings.adminEventsEnabled);
  });

  it("asks for PKCE from everybody who logs people in, and knows no password or implicit flow", () => {
    for (const id of Object.keys(clients)) {
      const client = settingsOf(id);
      assert.ok(!client.directAccessGrantsEnabled && !client.implicitFlowEnabled, id);
      const attributes: Record<string, string> = client.attributes;
      assert.equal(attributes["pkce.code.challenge.method"], client.standardFlowEnabled ? "S256" : undefined, id);
      assert.ok(!(client.standardFlowEnabled && client.fullScopeAllowed), id);
    }
  });

  it("lets no client log people in by flows of its own", () => {
    const clientsOfPeople = [
      ...Object.keys(clients).map(settingsOf),
      ownClients.account,
      ownClients["account-console"],
    ];
    for (const client of clientsOfPeople) assert.deepEqual(client.authenticationFlowBindingOverrides, {});
  });

  it("gives each kind of client its flows", () => {
    const flows = (id: string) => {
      const { publicClient, standardFlowEnabled, serviceAccountsEnabled } = settingsOf(id);
      return [publicClient, standardFlowEnabled, serviceAccountsEnabled];
    };
    assert.deepEqual(flows("airflow"), [false, true, false]);
    assert.deepEqual(flows("kubectl"), [true, true, false]);
    assert.deepEqual(flows("job"), [false, false, true]);
    assert.deepEqual(flows("kafka"), [false, false, false]);
  });

  it("names groups, own roles and the audience in a person's token, and nothing in a resource's", () => {
    assert.deepEqual(Object.keys(clients["airflow"]?.mappers ?? {}), ["audience", "groups", "roles"]);
    assert.deepEqual(Object.keys(clients["job"]?.mappers ?? {}), ["audience"]);
    assert.deepEqual(clients["kafka"]?.mappers, {});
  });

  it("has one account that may change the realm: the setup Job's", () => {
    const mighty = Object.entries(clients).filter(([, { grants }]) => "realm-management" in grants);
    assert.deepEqual(
      mighty.map(([id]) => id),
      ["realm-setup"],
    );
  });

  it("disables people who are said to be", () => {
    const [ada] = Object.values(REALM.people ?? {});
    assert.ok(ada !== undefined);
    const { people: some } = realmWish({ name: "x", people: { ada, alan: { ...ada, disabled: true } } });
    assert.equal(people["ada"]?.settings.enabled, true);
    assert.equal(some["alan"]?.settings.enabled, false);
  });
});
