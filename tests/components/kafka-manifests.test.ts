import assert from "node:assert/strict";
import {
  aclsOf,
  serverProperties,
  strimziKafka,
  strimziNodePools,
  strimziTokenLogin,
  strimziTopic,
  strimziUser,
  topicSettings,
} from "../../components/kafka-cluster";
import { clusterId, nodeHosts, setupWish } from "../../components/kafka-cluster/statefulset-manifests";

const SIZES = { replicationFactor: 3, minInsyncReplicas: 2 };
const PLACE = { namespace: "platform-data", labels: { "platform.data/stack": "test" }, ...SIZES };

const TOKENS = { issuer: "https://login.example.com/realms/platform", audience: "kafka" };

const propertiesOf = (id: number, nodes: number, more: { tokens?: typeof TOKENS } = {}): Record<string, string> => {
  const text = serverProperties({ ...SIZES, id, hosts: nodeHosts("kafka", "data", nodes), ...more });
  const entries = text.trimEnd().split("\n");
  return Object.fromEntries(
    entries.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
};

describe("server.properties", () => {
  it("knows all voters and its own host on every node", () => {
    for (const id of [0, 1, 2]) {
      const properties = propertiesOf(id, 3);
      assert.equal(properties["node.id"], String(id));
      assert.equal(properties["controller.quorum.voters"]?.split(",").length, 3);
      const own = `kafka-${id}.kafka-nodes.data.svc`;
      assert.ok(properties["controller.quorum.voters"]?.includes(`${id}@${own}:9094`));
      assert.equal(properties["advertised.listeners"], `CLIENTS://${own}:9093,BROKERS://${own}:9095`);
    }
  });

  it("has no listener without TLS, and asks for a certificate wherever there is no password", () => {
    const properties = propertiesOf(0, 1);
    const protocols = new Map(
      properties["listener.security.protocol.map"]?.split(",").map((each) => each.split(":") as [string, string]),
    );
    for (const listener of properties["listeners"]?.split(",") ?? []) {
      const name = listener.split(":")[0] ?? "";
      const protocol = protocols.get(name);
      assert.ok(protocol === "SASL_SSL" || protocol === "SSL", name);
      if (protocol === "SSL")
        assert.equal(properties[`listener.name.${name.toLowerCase()}.ssl.client.auth`], "required");
    }
  });

  it("denies whoever has no rule, but for those with a certificate", () => {
    const properties = propertiesOf(0, 1);
    assert.equal(properties["allow.everyone.if.no.acl.found"], "false");
    assert.match(properties["authorizer.class.name"] ?? "", /StandardAuthorizer$/);
    for (const user of properties["super.users"]?.split(";") ?? []) assert.match(user, /^User:CN=/);
  });

  it("takes passwords alone, unless somebody's tokens are taken too", () => {
    const properties = propertiesOf(0, 1);
    assert.equal(properties["sasl.enabled.mechanisms"], "SCRAM-SHA-512");
    assert.deepEqual(
      Object.keys(properties).filter((key) => key.includes("oauthbearer")),
      [],
    );
    assert.equal(propertiesOf(0, 1, { tokens: TOKENS })["sasl.enabled.mechanisms"], "SCRAM-SHA-512,OAUTHBEARER");
  });

  it("takes tokens of one issuer for one audience, from service accounts, for five minutes at most", () => {
    const properties = propertiesOf(0, 1, { tokens: TOKENS });
    const of = (key: string) => properties[`listener.name.clients.oauthbearer.${key}`];
    assert.equal(of("sasl.oauthbearer.expected.issuer"), TOKENS.issuer);
    assert.equal(of("sasl.oauthbearer.expected.audience"), TOKENS.audience);
    assert.equal(of("sasl.oauthbearer.sub.claim.name"), "client_id");
    assert.equal(of("connections.max.reauth.ms"), "300000");
    assert.match(of("sasl.server.callback.handler.class") ?? "", /\.OAuthBearerValidatorCallbackHandler$/);
  });

  it("reads the keys of tokens from a file, so that a broker starts while nobody answers", () => {
    const properties = propertiesOf(0, 1, { tokens: TOKENS });
    const key = "listener.name.clients.oauthbearer.sasl.oauthbearer.jwks.endpoint.url";
    assert.equal(properties[key], "file:///run/kafka-keys/keys.json");
  });

  it("refuses a node without a host", () => {
    assert.throws(() => propertiesOf(3, 3), RangeError);
  });
});

describe("cluster id", () => {
  it("is 22 characters, the same for the same place only, and no option of a command", () => {
    const id = clusterId("kafka", "data");
    assert.match(id, /^[A-Za-z][A-Za-z0-9_-]{21}$/);
    assert.equal(Buffer.from(id, "base64url").length, 16);
    assert.equal(id, clusterId("kafka", "data"));
    assert.notEqual(id, clusterId("kafka", "other"));
  });
});

describe("rights of a Kafka user", () => {
  const topic = { resource: "topic", pattern: "literal" } as const;
  const cases = [
    [{}, []],
    [{ produce: ["a"] }, [{ ...topic, name: "a", operations: ["Write", "Describe"] }]],
    [
      { produce: ["b"], consume: ["a", "b"], groupPrefix: "g" },
      [
        { ...topic, name: "a", operations: ["Read", "Describe"] },
        { ...topic, name: "b", operations: ["Read", "Write", "Describe"] },
        { resource: "group", pattern: "prefixed", name: "g", operations: ["Read", "Describe"] },
      ],
    ],
  ] as const;
  for (const [access, acls] of cases) {
    it(`of ${JSON.stringify(access)}`, () => assert.deepEqual(aclsOf(access), acls));
  }
});

describe("settings of a topic", () => {
  const cases = [
    [{ retention: "forever" }, { "cleanup.policy": "delete", "retention.ms": "-1" }],
    [
      { retention: "7d", segment: "1d" },
      { "cleanup.policy": "delete", "retention.ms": "604800000", "segment.ms": "86400000" },
    ],
    [
      { retention: "36h", cleanup: ["delete", "compact"], minInsyncReplicas: 2 },
      { "cleanup.policy": "compact,delete", "retention.ms": "129600000", "min.insync.replicas": "2" },
    ],
  ] as const;
  for (const [topic, settings] of cases) {
    it(`of ${JSON.stringify(topic)}`, () => assert.deepEqual(topicSettings({ partitions: 1, ...topic }), settings));
  }
});

describe("wish of the set-up Job", () => {
  const wish = setupWish(
    {
      flights: { partitions: 6, retention: "forever" },
      copied: { partitions: 1, retention: "1d", replicationFactor: 2 },
    },
    {
      loader: { consume: ["flights"], groupPrefix: "loader" },
      job: { client: "spark-job", produce: ["copied"] },
    },
    3,
  );

  it("names the copies of every topic", () => {
    assert.equal(wish.topics["flights"]?.replicationFactor, 3);
    assert.equal(wish.topics["copied"]?.replicationFactor, 2);
  });

  it("refers to passwords by file and owns all users", () => {
    assert.deepEqual(wish.users, { loader: { passwordFile: "/etc/kafka-users/loader" } });
    assert.deepEqual(wish.ownedPrincipals, ["*"]);
  });

  it("gives the bearer of a client's tokens its rights by that client's name", () => {
    const job = { resourceType: "topic", name: "copied", patternType: "literal", operations: ["WRITE", "DESCRIBE"] };
    assert.deepEqual(
      wish.acls.filter(({ principal }) => principal !== "loader"),
      [{ principal: "spark-job", ...job }],
    );
  });

  it("writes rights in Kafka's own words", () => {
    const acls = wish.acls.filter(({ principal }) => principal === "loader");
    assert.deepEqual(acls, [
      {
        principal: "loader",
        resourceType: "topic",
        name: "flights",
        patternType: "literal",
        operations: ["READ", "DESCRIBE"],
      },
      {
        principal: "loader",
        resourceType: "group",
        name: "loader",
        patternType: "prefixed",
        operations: ["READ", "DESCRIBE"],
      },
    ]);
  });
});

/** Throws where an object is not what the operator's schema of that version and kind asks for. */
async function validate(manifest: { readonly apiVersion: string; readonly kind: string }): Promise<void> {
  const { v1 } = await import("@kubernetes-models/strimzi-kafka-operator/kafka.strimzi.io"); // an ES module
  assert.equal(manifest.apiVersion, "kafka.strimzi.io/v1");
  const Model = v1[manifest.kind as keyof typeof v1] as new (data: object) => { validate(): void };
  new Model(manifest).validate();
}

describe("Strimzi's objects", () => {
  const kafka = strimziKafka("kafka", { ...PLACE, version: "4.3.1", listenerSecret: "kafka-listener-tls" });
  const pools = (controllers: number) =>
    strimziNodePools("kafka", {
      ...PLACE,
      brokers: 3,
      controllers,
      storage: { size: "200Gi", storageClass: "fast" },
      resources: { cpu: "1", memory: "4Gi" },
      keepVolumes: true,
    });
  const topic = strimziTopic("kafka", "flights", { partitions: 6, retention: "7d" }, PLACE);
  const access = { produce: ["flights"], consume: ["flights"], groupPrefix: "loader" };
  const user = strimziUser("kafka", "loader", access, { ...PLACE, passwordSecret: "kafka-passwords" });

  const tokenLogin = strimziTokenLogin(TOKENS, "https://keycloak.login.svc:8443/certs");
  const withTokens = strimziKafka("kafka-with-tokens", {
    ...PLACE,
    version: "4.3.1",
    listenerSecret: "kafka-listener-tls",
    tokenLogin,
  });
  const [trusting] = strimziNodePools("kafka-with-tokens", {
    ...PLACE,
    brokers: 3,
    controllers: 0,
    storage: { size: "200Gi" },
    resources: { cpu: "1", memory: "4Gi" },
    keepVolumes: true,
    issuerCa: "kafka-token-issuer",
  });
  assert.ok(trusting !== undefined);
  const bearer = strimziUser("kafka", "job", { ...access, client: "spark-job" }, { ...PLACE, passwordSecret: "none" });

  for (const manifest of [kafka, ...pools(3), ...pools(0), topic, user, withTokens, trusting, bearer]) {
    it(`${manifest.kind} ${manifest.metadata.name} is what its schema asks for`, () => validate(manifest));
  }

  it("take tokens of one issuer for one audience, from service accounts, and start while it does not answer", () => {
    for (const option of [
      `oauth.valid.issuer.uri="${TOKENS.issuer}"`,
      'oauth.check.audience="true"',
      `oauth.client.id="${TOKENS.audience}"`,
      'oauth.username.claim="client_id"',
      'oauth.fail.fast="false"',
    ])
      assert.ok(tokenLogin.includes(option), option);
    const [volume] = trusting.spec.template.pod.volumes ?? [];
    const [mount] = trusting.spec.template.kafkaContainer?.volumeMounts ?? [];
    assert.equal(volume?.configMap.name, "kafka-token-issuer");
    assert.ok(tokenLogin.includes(`oauth.ssl.truststore.location="${mount?.mountPath}/ca.crt"`));
  });

  it("know the bearer of tokens by its client's name, without a password", () => {
    assert.equal(bearer.metadata.name, "spark-job");
    assert.equal(bearer.spec.authentication, undefined);
  });

  it("would be refused with what v1 has taken away", async () => {
    const oauth = structuredClone(kafka) as { spec: { kafka: { listeners: { authentication: { type: string } }[] } } };
    const [listener] = oauth.spec.kafka.listeners;
    assert.ok(listener !== undefined);
    listener.authentication.type = "oauth";
    await assert.rejects(validate({ ...kafka, ...oauth }));
  });

  it("has controllers of its own, or brokers that are controllers too", () => {
    assert.deepEqual(
      pools(3).map(({ spec }) => [spec.roles, spec.replicas]),
      [
        [["controller"], 3],
        [["broker"], 3],
      ],
    );
    assert.deepEqual(
      pools(0).map(({ spec }) => [spec.roles, spec.replicas]),
      [[["controller", "broker"], 3]],
    );
  });

  it("keeps topics apart whose names Kubernetes does not allow", () => {
    const nameOf = (name: string) =>
      strimziTopic("kafka", name, { partitions: 1, retention: "1d" }, PLACE).metadata.name;
    assert.equal(nameOf("flights.v1"), "flights.v1");
    assert.notEqual(nameOf("Flights"), nameOf("flights"));
    assert.match(nameOf("a_b"), /^[a-z0-9.-]+$/);
  });
});
