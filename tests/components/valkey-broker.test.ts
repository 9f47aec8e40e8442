import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { TYPES } from "../../components/types";
import { aclFile, serverConfig, ValkeyBroker, type ValkeyBrokerArgs } from "../../components/valkey-broker";
import { assertField, assertNothingLeaks, assertWellFormed, recordComponent, refusals, secretData } from "./recorded";

const ARGS: ValkeyBrokerArgs = {
  namespace: "platform-data",
  image: "localhost/platform/valkey:8.1.1-0123456789ab",
  storage: { size: "1Gi" },
  users: {
    airflow: {
      keyPrefix: "airflow:",
      credentialsIn: [{ namespace: "platform-airflow", secretName: "airflow-valkey" }],
    },
  },
};
const SECRET = "kubernetes:core/v1:Secret";
const build = (args: Partial<ValkeyBrokerArgs> = {}) =>
  recordComponent((opts) => new ValkeyBroker("valkey", { ...ARGS, ...args }, opts));

describe("ValkeyBroker", () => {
  it("is one tree on the given providers, and keeps passwords and keys secret", async () => {
    const recorded = await build({ replicas: 2 });
    assertWellFormed(recorded, TYPES.valkeyBroker, "valkey");
    assertNothingLeaks(recorded);
  });

  it("hands an application all it needs in one Secret of its namespace", async () => {
    const password = "password of valkey-airflow-password";
    assert.deepEqual(secretData((await build()).find(SECRET, "-for-airflow-valkey")), {
      host: "valkey.platform-data.svc",
      port: "6379",
      username: "airflow",
      password,
      url: `rediss://airflow:${password}@valkey.platform-data.svc:6379/0`,
      "ca.crt": "certificate valkey-ca\n",
    });
  });

  it("makes replicas follow the first server, and no other", async () => {
    const files = secretData((await build({ replicas: 3 })).find(SECRET, "valkey-config"));
    assert.ok(!files["valkey-0.conf"]?.includes("replicaof"));
    for (const index of [1, 2])
      assert.match(files[`valkey-${index}.conf`] ?? "", /^replicaof valkey-0\.valkey-nodes\.platform-data\.svc 6379$/m);
  });

  it("leads clients to the primary alone, and has a disruption budget where there are replicas", async () => {
    const budgets = (recorded: Awaited<ReturnType<typeof build>>) =>
      recorded.names("kubernetes:policy/v1:PodDisruptionBudget").length;
    const two = await build({ replicas: 2 });
    assert.equal(budgets(two), 1);
    assert.equal(budgets(await build()), 0);
    const { inputs } = two.find("kubernetes:core/v1:Service", "valkey-service");
    const { selector } = inputs["spec"] as { selector: Record<string, string> };
    assert.equal(selector["apps.kubernetes.io/pod-index"], "0");
  });

  const wrong: [string, Partial<ValkeyBrokerArgs>][] = [
    ["replicas", { replicas: 0 }],
    ["storage.size", { storage: { size: "1" } }],
    ["maxMemory", { maxMemory: "lots" }],
    ["maxMemory", { maxMemory: "256Mi" }],
    ["resources.cpu", { resources: { cpu: "0", memory: "256Mi" } }],
    ["users.Airflow", { users: { Airflow: {} } }],
    ["users.default", { users: { default: {} } }],
    ["users.airflow.keyPrefix", { users: { airflow: { keyPrefix: "a ~*" } } }],
    [
      "users.airflow.credentialsIn.secretName",
      { users: { airflow: { credentialsIn: [{ namespace: "a", secretName: "" }] } } },
    ],
  ];
  for (const [field, args] of wrong) {
    it(`refuses ${JSON.stringify(args)}`, async () => {
      assertField(await refusals((opts) => new ValkeyBroker("valkey", { ...ARGS, ...args }, opts)), field);
    });
  }
});

describe("users.acl", () => {
  const lines = aclFile({ airflow: { keyPrefix: "airflow:" }, other: {} }, { airflow: "secret" })
    .trimEnd()
    .split("\n");

  it("lets nobody in without a name", () => assert.equal(lines[0], "user default off"));

  it("holds hashes in place of passwords", () => {
    const digest = createHash("sha256").update("secret").digest("hex");
    assert.ok(lines.some((line) => line.startsWith(`user airflow on #${digest} `)));
    assert.ok(!lines.join("\n").includes("secret"));
  });

  it("binds an application to its keys, and gives it nothing administrative", () => {
    const airflow = lines.find((line) => line.startsWith("user airflow "));
    assert.match(airflow ?? "", / ~airflow:\* &airflow:\* \+@all -@admin -@dangerous \+info$/);
    assert.match(lines.at(-1) ?? "", / ~\* &\* /);
  });

  it("gives probes and replicas nothing but their own commands", () => {
    for (const name of ["probe", "replica"])
      assert.match(lines.find((line) => line.startsWith(`user ${name} `)) ?? "", / -@all (\+\w+ ?)+$/);
  });
});

describe("valkey.conf", () => {
  const config = serverConfig({ maxMemory: 1024, replicaPassword: "secret" });
  for (const line of ["port 0", "tls-port 6379", "appendonly yes", "maxmemory 1024", "maxmemory-policy noeviction"])
    it(`says ${line}`, () => assert.ok(config.split("\n").includes(line)));
});
