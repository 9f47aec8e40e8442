import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { PostgresCluster, type PostgresClusterArgs, PostgresDatabase } from "../../components/postgres-database";
import { clusterManifest, hostRules, serverNames } from "../../components/postgres-database/manifest";
import { TYPES } from "../../components/types";
import { assertField, assertNothingLeaks, assertWellFormed, recordComponent, refusals, secretData } from "./recorded";

const CR = "kubernetes:postgresql.cnpg.io/v1";
const SERVER: PostgresClusterArgs = {
  namespace: "platform-data",
  image: "localhost/platform/postgres:17.11-0123456789ab",
  storage: { size: "5Gi" },
  labels: { "platform.data/stack": "test" },
};

const server = () => recordComponent((opts) => new PostgresCluster("postgres", SERVER, opts));
const database = (args: Partial<ConstructorParameters<typeof PostgresDatabase>[1]> = {}) =>
  recordComponent((opts) => {
    const on = new PostgresCluster("postgres", SERVER, opts);
    new PostgresDatabase("warehouse", { server: on, database: "warehouse", ...args }, opts);
  });

describe("PostgresCluster", () => {
  it("is one tree on the given providers, and keeps its keys secret", async () => {
    const recorded = await server();
    assertWellFormed(recorded, TYPES.postgresCluster, "postgres");
    assertNothingLeaks(recorded);
    assert.deepEqual(Object.keys(secretData(recorded.find("kubernetes:core/v1:Secret", "-server-tls"))).sort(), [
      "tls.crt",
      "tls.key",
    ]);
  });

  it("waits for the operator and protects what holds data", async () => {
    const recorded = await recordComponent((opts) => {
      const operator = new PostgresCluster("other", SERVER, opts).ready;
      new PostgresCluster("postgres", { ...SERVER, operator, protect: true }, opts);
    });
    const cluster = recorded.find(`${CR}:Cluster`, "postgres-cluster");
    assert.ok(cluster.dependsOn.some((urn) => urn.endsWith("::other-cluster")));
    assert.deepEqual(
      recorded.all.filter(({ protect }) => protect).map(({ name }) => name),
      ["postgres-cluster"],
    );
  });

  it("has no disruption budget for a single instance, which would block every drain", () => {
    const spec = {
      ...SERVER,
      resources: { cpu: "1", memory: "2Gi" },
      maxConnections: 100,
      readers: {},
      labels: {},
      caSecret: "ca",
      tlsSecret: "tls",
    };
    assert.equal(clusterManifest("postgres", { ...spec, instances: 1 }).spec.enablePDB, false);
    const three = clusterManifest("postgres", { ...spec, instances: 3 }).spec;
    assert.equal(three.enablePDB, true);
    assert.equal(three.postgresql.parameters.shared_buffers, "512MB");
    assert.equal(three.enableSuperuserAccess, false);
  });

  it("lets nobody in without TLS", () => {
    const rules = hostRules({ airflow: ["counter"] });
    const last = rules.at(-1);
    assert.equal(last, "host all all all reject");
    for (const rule of rules.filter((each) => !each.endsWith("reject"))) assert.match(rule, /^hostssl /);
  });

  it("lets the superuser in from nowhere", () =>
    assert.match(hostRules({})[0] ?? "", /^host all \S*postgres\S* all reject$/));

  it("bears every name of its Services in the certificate", () => {
    const names = serverNames("postgres", "data");
    for (const name of ["postgres-rw", "postgres-rw.data.svc", "postgres-ro.data.svc.cluster.local"])
      assert.ok(names.includes(name), name);
  });

  const wrong: [string, Partial<PostgresClusterArgs>][] = [
    ["instances", { instances: 0 }],
    ["maxConnections", { maxConnections: 1.5 }],
    ["storage.size", { storage: { size: "5 GB" } }],
    ["resources.cpu", { resources: { cpu: "much", memory: "1Gi" } }],
    ["resources.memory", { resources: { cpu: "1", memory: "100Mi" } }],
  ];
  for (const [field, args] of wrong) {
    it(`refuses a wrong ${field}`, async () => {
      assertField(await refusals((opts) => new PostgresCluster("postgres", { ...SERVER, ...args }, opts)), field);
    });
  }

  it("tells all problems at once", async () => {
    const args = { ...SERVER, instances: 0, storage: { size: "big" } };
    assert.equal((await refusals((opts) => new PostgresCluster("Postgres", args, opts))).length, 3);
  });
});

describe("PostgresDatabase", () => {
  it("makes a role, then a database that it owns, and leaks no password", async () => {
    const recorded = await database();
    assertNothingLeaks(recorded);
    const role = recorded.find(`${CR}:DatabaseRole`, "warehouse-role");
    const owned = recorded.find(`${CR}:Database`, "warehouse-database");
    assert.ok(owned.dependsOn.some((urn) => urn.endsWith("::warehouse-role")));
    assert.ok(role.dependsOn.some((urn) => urn.endsWith("::postgres-cluster")));
    const spec = role.inputs["spec"] as Record<string, unknown>;
    for (const right of ["superuser", "createdb", "createrole", "replication", "bypassrls", "inRoles"])
      assert.ok(!(right in spec), right);
    assert.equal((owned.inputs["spec"] as Record<string, unknown>)["owner"], spec["name"]);
  });

  it("lets the server read this password and no other, before there is the role", async () => {
    const recorded = await database();
    const rbac = recorded.find("kubernetes:rbac.authorization.k8s.io/v1:Role", "warehouse-credentials");
    assert.deepEqual(rbac.inputs["rules"], [
      { apiGroups: [""], resources: ["secrets"], resourceNames: ["postgres-warehouse-credentials"], verbs: ["get"] },
    ]);
    const role = recorded.find(`${CR}:DatabaseRole`, "warehouse-role");
    assert.ok(role.dependsOn.some((urn) => urn.includes("RoleBinding")));
  });

  it("lets readers log in with a password of their own, and gives them nothing", async () => {
    const readers = { counter: { connectionLimit: 3, credentialsIn: [{ namespace: "scaling", secretName: "login" }] } };
    const recorded = await database({ readers });
    assertNothingLeaks(recorded);
    const { spec } = recorded.find(`${CR}:DatabaseRole`, "warehouse-counter-role").inputs as { spec: object };
    assert.deepEqual(spec, {
      cluster: { name: "postgres" },
      name: "counter",
      login: true,
      connectionLimit: 3,
      passwordSecret: { name: "postgres-counter-credentials" },
      databaseRoleReclaimPolicy: "retain",
    });
    const told = secretData(recorded.find("kubernetes:core/v1:Secret", "-for-login"));
    assert.deepEqual([told["username"], told["database"]], ["counter", "warehouse"]);
    assert.ok(hostRules({ warehouse: ["counter"] }).includes("hostssl warehouse counter all scram-sha-256"));
  });

  it("refuses a reader that is the owner", async () => {
    const readers = { warehouse: {} };
    const build = (opts: pulumi.ComponentResourceOptions) => {
      const on = new PostgresCluster("postgres", SERVER, opts);
      new PostgresDatabase("warehouse", { server: on, database: "warehouse", readers }, opts);
    };
    assertField(await refusals(build), "readers.warehouse");
  });

  it("makes the extensions that are asked for", async () => {
    const { inputs } = (await database({ extensions: ["pg_trgm"] })).find(`${CR}:Database`, "warehouse-database");
    const { extensions } = inputs["spec"] as Record<string, unknown>;
    assert.deepEqual(extensions, [{ name: "pg_trgm", ensure: "present" }]);
  });

  it("hands an application all it needs in one Secret of its namespace", async () => {
    const credentialsIn = [{ namespace: "platform-pipelines", secretName: "warehouse" }];
    const secret = (await database({ credentialsIn })).find("kubernetes:core/v1:Secret", "-for-warehouse");
    assert.equal((secret.inputs["metadata"] as Record<string, unknown>)["namespace"], "platform-pipelines");
    assert.deepEqual(secretData(secret), {
      host: "postgres-rw.platform-data.svc",
      port: "5432",
      database: "warehouse",
      username: "warehouse",
      password: "password of warehouse-password",
      "ca.crt": "certificate postgres-ca\n",
    });
  });

  const target = { namespace: "a", secretName: "same" };
  const wrong: [string, Partial<ConstructorParameters<typeof PostgresDatabase>[1]>][] = [
    ["database", { database: "Warehouse" }],
    ["database", { database: "postgres" }],
    ["database", { database: "pg_mine" }],
    ["extensions", { extensions: ["hstore", "hstore"] }],
    ["connectionLimit", { connectionLimit: -2 }],
    ["credentialsIn.secretName", { credentialsIn: [{ namespace: "a", secretName: "Not_Legal" }] }],
    ["credentialsIn.secretName", { credentialsIn: [target, { ...target, namespace: "b" }] }],
  ];
  for (const [field, args] of wrong) {
    it(`refuses ${JSON.stringify(args)}`, async () => {
      const build = (opts: object) => {
        const on = new PostgresCluster("postgres", SERVER, opts);
        new PostgresDatabase("warehouse", { server: on, database: "warehouse", ...args }, opts);
      };
      assertField(await refusals(build), field);
    });
  }
});
