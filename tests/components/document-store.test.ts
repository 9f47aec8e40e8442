import assert from "node:assert/strict";
import {
  FerretDocumentStore,
  type FerretDocumentStoreArgs,
  PerconaDocumentStore,
  type PerconaDocumentStoreArgs,
} from "../../components/document-store";
import { TYPES } from "../../components/types";
import { assertField, assertNothingLeaks, assertWellFormed, recordComponent, refusals, secretData } from "./recorded";

const SECRET = "kubernetes:core/v1:Secret";
const DATABASES = {
  flights: {
    users: {
      "documents-loader": {
        credentialsIn: [{ namespace: "platform-pipelines", secretName: "mongodb-flights-loader" }],
      },
      "spark-job": {},
    },
  },
};
const FERRET: FerretDocumentStoreArgs = {
  namespace: "platform-data",
  image: "localhost/platform/ferretdb:1.24.2-0123456789ab",
  setup: { image: "localhost/platform/pipelines:1-0123456789ab", user: 1000 },
  postgresSecret: "postgres-documents",
  adminPassword: "password of who makes users",
  databases: DATABASES,
};
const PERCONA: PerconaDocumentStoreArgs = {
  namespace: "platform-data",
  image: "percona/percona-server-mongodb:8.0",
  operatorVersion: "1.22.0",
  storage: { size: "100Gi" },
  databases: DATABASES,
};
const buildFerret = (args: Partial<FerretDocumentStoreArgs> = {}) =>
  recordComponent((opts) => new FerretDocumentStore("mongodb", { ...FERRET, ...args }, opts));
const buildPercona = (args: Partial<PerconaDocumentStoreArgs> = {}) =>
  recordComponent((opts) => new PerconaDocumentStore("mongodb", { ...PERCONA, ...args }, opts));

const PASSWORD = "password of mongodb-flights-documents-loader-password";

describe("FerretDocumentStore", () => {
  it("is one tree on the given providers, and keeps passwords and keys secret", async () => {
    const recorded = await buildFerret();
    assertWellFormed(recorded, TYPES.ferretDocumentStore, "mongodb");
    assertNothingLeaks(recorded);
  });

  it("hands an application all it needs in one Secret of its namespace", async () => {
    assert.deepEqual(secretData((await buildFerret()).find(SECRET, "-for-mongodb-flights-loader")), {
      host: "mongodb.platform-data.svc",
      port: "27017",
      database: "flights",
      username: "documents-loader",
      password: PASSWORD,
      url: `mongodb://documents-loader:${PASSWORD}@mongodb.platform-data.svc:27017/flights?authSource=flights&tls=true`,
      "ca.crt": "certificate mongodb-ca\n",
    });
  });

  it("listens over TLS to others, asks for logins, and takes PostgreSQL's password by reference", async () => {
    const { inputs } = (await buildFerret()).find("kubernetes:apps/v1:Deployment", "-server");
    const spec = inputs["spec"] as {
      replicas: number;
      strategy: { type: string };
      template: { spec: { containers: { env: { name: string; value?: string; valueFrom?: unknown }[] }[] } };
    };
    assert.deepEqual([spec.replicas, spec.strategy.type], [1, "Recreate"]);
    const env = new Map(spec.template.spec.containers[0]?.env.map((variable) => [variable.name, variable]));
    assert.equal(env.get("FERRETDB_LISTEN_TLS")?.value, ":27017");
    assert.match(env.get("FERRETDB_LISTEN_ADDR")?.value ?? "", /^127\.0\.0\.1:/);
    assert.equal(env.get("FERRETDB_TEST_ENABLE_NEW_AUTH")?.value, "true");
    assert.deepEqual(env.get("PGPASSWORD")?.valueFrom, {
      secretKeyRef: { name: "postgres-documents", key: "password" },
    });
    assert.ok(!JSON.stringify([...env.values()]).includes("password of"));
  });

  it("has its users made by a Job that is another one with other users", async () => {
    const jobOf = async (args: Partial<FerretDocumentStoreArgs>) => {
      const recorded = await buildFerret(args);
      const { inputs } = recorded.find("kubernetes:batch/v1:Job", "-setup");
      const config = recorded.find("kubernetes:core/v1:ConfigMap", "-setup").inputs["data"] as Record<string, string>;
      return { name: (inputs["metadata"] as { name: string }).name, wish: JSON.parse(config["wish.json"] ?? "") };
    };
    const [one, again, other] = [await jobOf({}), await jobOf({}), await jobOf({ databases: {} })];
    assert.equal(one.name, again.name);
    assert.notEqual(one.name, other.name);
    assert.deepEqual(one.wish.databases, {
      flights: { "documents-loader": "flights-documents-loader", "spark-job": "flights-spark-job" },
    });
  });

  const wrong: [string, Partial<FerretDocumentStoreArgs>][] = [
    ["postgresSecret", { postgresSecret: "" }],
    ["resources.cpu", { resources: { cpu: "0", memory: "256Mi" } }],
    ["databases.Flights", { databases: { Flights: { users: {} } } }],
    ["databases.admin", { databases: { admin: { users: {} } } }],
    ["databases.flights.users.admin", { databases: { flights: { users: { admin: {} } } } }],
    [
      "databases.flights.users.loader.credentialsIn.secretName",
      { databases: { flights: { users: { loader: { credentialsIn: [{ namespace: "a", secretName: "" }] } } } } },
    ],
  ];
  for (const [field, args] of wrong)
    it(`refuses ${JSON.stringify(args)}`, async () => {
      assertField(await refusals((opts) => new FerretDocumentStore("mongodb", { ...FERRET, ...args }, opts)), field);
    });
});

describe("PerconaDocumentStore", () => {
  const clusterOf = async (args: Partial<PerconaDocumentStoreArgs> = {}) => {
    const kind = "kubernetes:psmdb.percona.com/v1:PerconaServerMongoDB";
    const { inputs, protect } = (await buildPercona(args)).find(kind, "-cluster");
    return { spec: inputs["spec"] as Record<string, unknown>, metadata: inputs["metadata"] as object, protect };
  };

  it("is one tree on the given providers, and keeps passwords and keys secret", async () => {
    const recorded = await buildPercona();
    assertWellFormed(recorded, TYPES.perconaDocumentStore, "mongodb");
    assertNothingLeaks(recorded);
  });

  it("keeps the contract: the same keys, and an address that names the replica set", async () => {
    const content = secretData((await buildPercona()).find(SECRET, "-for-mongodb-flights-loader"));
    const ferret = secretData((await buildFerret()).find(SECRET, "-for-mongodb-flights-loader"));
    assert.deepEqual(Object.keys(content), Object.keys(ferret));
    const url = new URL(content["url"] ?? "");
    assert.equal(url.hostname, "mongodb-rs0.platform-data.svc");
    assert.deepEqual(Object.fromEntries(url.searchParams), { authSource: "flights", tls: "true", replicaSet: "rs0" });
  });

  it("is a replica set with TLS alone, and a user for each application with rights in its database", async () => {
    const { spec } = await clusterOf();
    assert.deepEqual(spec["tls"], { mode: "requireTLS" });
    assert.deepEqual(spec["sharding"], { enabled: false });
    assert.equal((spec["replsets"] as { size: number }[])[0]?.size, 3);
    assert.equal(spec["unsafeFlags"], undefined);
    assert.deepEqual((spec["users"] as object[])[0], {
      name: "documents-loader",
      db: "flights",
      passwordSecretRef: { name: "mongodb-passwords", key: "flights-documents-loader" },
      roles: [{ name: "readWrite", db: "flights" }],
    });
  });

  it("says so where it is smaller than a replica set should be", async () => {
    assert.deepEqual((await clusterOf({ members: 1 })).spec["unsafeFlags"], { replsetSize: true });
  });

  it("keeps volumes where it is protected, else takes them with it", async () => {
    const [kept, gone] = [await clusterOf({ protect: true }), await clusterOf()];
    assert.equal(kept.protect, true);
    assert.ok(!JSON.stringify(kept.metadata).includes("delete-psmdb-pvc"));
    assert.ok(JSON.stringify(gone.metadata).includes("delete-psmdb-pvc"));
  });

  const wrong: [string, Partial<PerconaDocumentStoreArgs>][] = [
    ["members", { members: 2 }],
    ["members", { members: 9 }],
    ["storage.size", { storage: { size: "1" } }],
    ["operatorVersion", { operatorVersion: "latest" }],
    ["databases.config", { databases: { config: { users: {} } } }],
  ];
  for (const [field, args] of wrong)
    it(`refuses ${JSON.stringify(args)}`, async () => {
      assertField(await refusals((opts) => new PerconaDocumentStore("mongodb", { ...PERCONA, ...args }, opts)), field);
    });
});
