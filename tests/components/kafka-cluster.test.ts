import assert from "node:assert/strict";
import type * as k8s from "@pulumi/kubernetes";
import { KafkaCluster, type KafkaClusterArgs } from "../../components/kafka-cluster";
import { TYPES } from "../../components/types";
import {
  assertField,
  assertNothingLeaks,
  assertWellFormed,
  type Recorded,
  recordComponent,
  refusals,
  secretData,
  unwrap,
} from "./recorded";

const ARGS: KafkaClusterArgs = {
  namespace: "platform-data",
  engine: { kind: "statefulset", image: "localhost/platform/kafka:4.3.1-0123456789ab" },
  storage: { size: "5Gi" },
  topics: {
    flights: { partitions: 6, retention: "forever" },
    "flights-dead-letter": { partitions: 1, retention: "30d" },
  },
  users: {
    "flights-producer": {
      produce: ["flights"],
      credentialsIn: [{ namespace: "platform-pipelines", secretName: "flights-producer-kafka" }],
    },
    "flights-loader": { produce: ["flights-dead-letter"], consume: ["flights"], groupPrefix: "flights-loader" },
  },
};
const THREE = { brokers: 3, replicationFactor: 3, minInsyncReplicas: 2 };
const TOKENS = {
  issuer: "https://login.example.com/realms/platform",
  audience: "kafka",
  jwksUri: "https://keycloak.platform-login.svc:8443/certs",
  caCertificate: "authority of Keycloak",
};
const JOB = { client: "spark-job", consume: ["flights"], groupPrefix: "job" };
const STRIMZI = { ...THREE, engine: { kind: "strimzi", version: "4.3.1", controllers: 3 } } as const;
const CR = "kubernetes:kafka.strimzi.io/v1";
const SECRET = "kubernetes:core/v1:Secret";

const build = (args: Partial<KafkaClusterArgs> = {}): Promise<Recorded> =>
  recordComponent((opts) => new KafkaCluster("kafka", { ...ARGS, ...args }, opts));
const setupJob = async (args: Partial<KafkaClusterArgs> = {}) =>
  (await build(args)).find("kubernetes:batch/v1:Job", "kafka-setup");
const metadataOf = ({ inputs }: { inputs: Record<string, unknown> }) => inputs["metadata"] as { name: string };

for (const [engine, args] of [
  ["statefulset", {}],
  ["strimzi", STRIMZI],
] as const) {
  describe(`KafkaCluster on ${engine}`, () => {
    it("is one tree on the given providers, and keeps passwords and keys secret", async () => {
      const recorded = await build(args);
      assertWellFormed(recorded, TYPES.kafkaCluster, "kafka");
      assertNothingLeaks(recorded);
      const passwords = secretData(recorded.find(SECRET, "kafka-passwords"));
      assert.deepEqual(Object.keys(passwords).sort(), ["flights-loader", "flights-producer"]);
    });

    it("hands a user all it needs in one Secret of its namespace", async () => {
      const secret = (await build(args)).find(SECRET, "-for-flights-producer-kafka");
      const { bootstrap, ...rest } = secretData(secret);
      assert.match(bootstrap ?? "", /^kafka-(kafka-)?bootstrap\.platform-data\.svc:9093$/);
      assert.deepEqual(rest, {
        username: "flights-producer",
        password: "password of kafka-flights-producer-password",
        "ca.crt": "certificate kafka-ca\n",
      });
    });
  });
}

describe("KafkaCluster on a StatefulSet", () => {
  it("sets up topics and users after the brokers, by a Job of another name for another content", async () => {
    const job = await setupJob();
    assert.ok(job.dependsOn.some((urn) => urn.endsWith("::kafka-brokers")));
    assert.equal(metadataOf(job).name, metadataOf(await setupJob()).name);
    const more = { ...ARGS.topics, another: { partitions: 1, retention: "1d" } };
    assert.notEqual(metadataOf(await setupJob({ topics: more })).name, metadataOf(job).name);
  });

  it("replaces pods only where what they read changes", async () => {
    const checksum = async (args: Partial<KafkaClusterArgs>) => {
      const { inputs } = (await build(args)).find("kubernetes:apps/v1:StatefulSet", "kafka-brokers");
      return JSON.stringify(inputs).match(/"platform.data\/checksum":"([^"]+)"/)?.[1];
    };
    assert.equal(await checksum({}), await checksum({ topics: {}, users: {} }));
    assert.notEqual(await checksum({}), await checksum(THREE));
  });

  it("has a disruption budget and spreads where there are several brokers", async () => {
    const budgets = async (args: Partial<KafkaClusterArgs>) =>
      (await build(args)).names("kubernetes:policy/v1:PodDisruptionBudget").length;
    assert.equal(await budgets({}), 0);
    assert.equal(await budgets(THREE), 1);
  });

  it("keeps the volumes of a protected cluster", async () => {
    const recorded = await build({ protect: true });
    const brokers = recorded.find("kubernetes:apps/v1:StatefulSet", "kafka-brokers");
    assert.equal(brokers.protect, true);
    assert.ok(JSON.stringify(brokers.inputs).includes('"whenDeleted":"Retain"'));
  });
});

describe("KafkaCluster that takes tokens", () => {
  const users = {
    ...ARGS.users,
    job: { ...JOB, credentialsIn: [{ namespace: "platform-spark", secretName: "kafka-job" }] },
  };
  const podOf = async (args: Partial<KafkaClusterArgs>) => {
    const { inputs } = (await build(args)).find("kubernetes:apps/v1:StatefulSet", "kafka-brokers");
    return inputs["spec"] as { template: { metadata: object; spec: k8s.types.input.core.v1.PodSpec } };
  };

  it("has the keys fetched beside the broker, from the start and as long as it runs", async () => {
    const { spec } = (await podOf({ tokens: TOKENS, users })).template;
    const [keys, ...more] = spec.initContainers as k8s.types.input.core.v1.Container[];
    assert.deepEqual(more, []);
    assert.equal(keys?.restartPolicy, "Always");
    assert.ok(JSON.stringify(keys?.env).includes(TOKENS.jwksUri));
    // Its health is no condition of the broker's.
    assert.equal(keys?.readinessProbe, undefined);
    assert.equal(keys?.livenessProbe, undefined);
    assert.deepEqual((await podOf({})).template.spec.initContainers, undefined);
  });

  it("is made anew where the authority changes by which the keys are trusted", async () => {
    const checksum = async (caCertificate: string) =>
      JSON.stringify((await podOf({ tokens: { ...TOKENS, caCertificate }, users })).template.metadata);
    assert.equal(await checksum("one"), await checksum("one"));
    assert.notEqual(await checksum("one"), await checksum("other"));
  });

  it("makes no password for who has tokens, and says where the brokers are", async () => {
    const recorded = await build({ tokens: TOKENS, users });
    assert.deepEqual(Object.keys(secretData(recorded.find(SECRET, "kafka-passwords"))).sort(), [
      "flights-loader",
      "flights-producer",
    ]);
    assert.deepEqual(Object.keys(secretData(recorded.find(SECRET, "-for-kafka-job"))).sort(), ["bootstrap", "ca.crt"]);
  });
});

describe("KafkaCluster on Strimzi", () => {
  it("makes pools, then the cluster, then topics and users", async () => {
    const recorded = await build(STRIMZI);
    assert.equal(recorded.names(`${CR}:KafkaNodePool`).length, 2);
    const cluster = recorded.find(`${CR}:Kafka`, "kafka-cluster");
    assert.ok(cluster.dependsOn.some((urn) => urn.includes("KafkaNodePool")));
    assert.equal(recorded.names(`${CR}:KafkaTopic`).length, 2);
    const user = recorded.find(`${CR}:KafkaUser`, "flights-loader");
    assert.ok(user.dependsOn.some((urn) => urn.endsWith("::kafka-cluster")));
  });

  it("takes the listener's certificate from our own authority", async () => {
    const recorded = await build(STRIMZI);
    const listener = secretData(recorded.find(SECRET, "kafka-listener-tls"));
    assert.deepEqual(Object.keys(listener).sort(), ["tls.crt", "tls.key"]);
    const request = recorded.find("tls:index/certRequest:CertRequest", "-listener-request");
    assert.ok((unwrap(request.inputs["dnsNames"]) as string[]).includes("*.kafka-kafka-brokers.platform-data.svc"));
  });
});

describe("arguments of KafkaCluster", () => {
  const flights = { partitions: 6, retention: "7d" };
  const wrong: [string, Partial<KafkaClusterArgs>][] = [
    ["brokers", { brokers: 2 }],
    ["engine.version", { ...STRIMZI, engine: { ...STRIMZI.engine, version: "4.3" } }],
    ["engine.controllers", { ...STRIMZI, engine: { ...STRIMZI.engine, controllers: 2 } }],
    ["replicationFactor", { topics: {}, users: {}, replicationFactor: 2 }],
    ["minInsyncReplicas", { topics: {}, users: {}, minInsyncReplicas: 2 }],
    ["storage.size", { storage: { size: "0" } }],
    ["resources.memory", { resources: { cpu: "1", memory: "256Mi" } }],
    ["topics.__own", { topics: { ...ARGS.topics, __own: flights } }],
    ["topics.flights.partitions", { topics: { ...ARGS.topics, flights: { ...flights, partitions: 0 } } }],
    ["topics.flights.replicationFactor", { topics: { ...ARGS.topics, flights: { ...flights, replicationFactor: 2 } } }],
    ["topics.flights.minInsyncReplicas", { topics: { ...ARGS.topics, flights: { ...flights, minInsyncReplicas: 2 } } }],
    ["topics.flights.retention", { topics: { ...ARGS.topics, flights: { ...flights, retention: "a week" } } }],
    ["topics.flights.segment", { topics: { ...ARGS.topics, flights: { ...flights, segment: "1" } } }],
    ["topics", { topics: { ...ARGS.topics, "a.b": flights, a_b: flights } }],
    ["users.Loader", { users: { Loader: {} } }],
    ["users.loader.produce", { users: { loader: { produce: ["nothing"] } } }],
    ["users.loader.consume", { users: { loader: { consume: ["nothing"], groupPrefix: "loader" } } }],
    ["users.loader.groupPrefix", { users: { loader: { consume: ["flights"] } } }],
    ["users.job.client", { users: { job: JOB } }],
    ["users.job.client", { tokens: TOKENS, users: { job: { ...JOB, client: "Spark" } } }],
    ["users", { tokens: TOKENS, users: { job: JOB, "spark-job": {} } }],
    [
      "users.loader.credentialsIn.secretName",
      { users: { loader: { credentialsIn: [{ namespace: "a", secretName: "-" }] } } },
    ],
  ];
  for (const [field, args] of wrong) {
    it(`are refused for a wrong ${field}`, async () => {
      assertField(await refusals((opts) => new KafkaCluster("kafka", { ...ARGS, ...args }, opts)), field);
    });
  }
});
