import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { kubectl } from "../../support/cli";
import { devEnvironment } from "../../support/dev-environment";
import { askKafka, type KafkaLogin } from "../../support/kafka-client";
import { clientSecret, idTokenOf, inviteAgain, openKeycloak, serviceToken, withTokensOf } from "../../support/keycloak";

const DATA = "platform-data";
/** The service client that is a Kafka user too, and what it may do there. */
const CLIENT = "spark-job";
/** Each time in a group of its own: one whose last member just went away makes the next wait for it. */
const GROUPS = devEnvironment().kafka.users[CLIENT]?.groupPrefix;
const reading = (topic = "flights") => ({ read: { topic, group: `${GROUPS}-${randomBytes(4).toString("hex")}` } });
/** Seconds by which a broker's clock may be behind (sasl.oauthbearer.clock.skew.seconds), and one. */
const PAST_SKEW = 31;

const REFUSED = { messages: 0, errors: ["_AUTHENTICATION"] };

describe("Kafka by tokens of the realm", () => {
  let door: Awaited<ReturnType<typeof openKeycloak>>;
  before(async () => {
    door = await openKeycloak();
  });
  after(() => door.close());

  const bearer = async (): Promise<KafkaLogin> => ({ token: await serviceToken(door, CLIENT) });
  const byItself = async (secret?: string): Promise<KafkaLogin> => ({
    client: CLIENT,
    secret: secret ?? (await clientSecret(CLIENT)),
    tokenEndpoint: `https://${door.internalHost}:8443/realms/${door.realm}/protocol/openid-connect/token`,
  });

  it("lets a service account read what is granted to it, with a token that its library has got", async () => {
    assert.deepEqual(await askKafka(await byItself(), reading()), { messages: 1, errors: [] });
  });

  it("grants it nothing else: no writing, no other topic, no group of another", async () => {
    const login = await bearer();
    assert.deepEqual(await askKafka(login, reading()), { messages: 1, errors: [] });
    for (const [attempt, error] of [
      [{ write: { topic: "flights" } }, "TOPIC_AUTHORIZATION_FAILED"],
      [reading("flights-dead-letter"), "TOPIC_AUTHORIZATION_FAILED"],
      [{ read: { topic: "flights", group: "flights-loader" } }, "GROUP_AUTHORIZATION_FAILED"],
    ] as const)
      assert.deepEqual(await askKafka(login, attempt), { messages: 0, errors: [error] });
  });

  it("refuses a wrong secret", async () => {
    assert.deepEqual(await askKafka(await byItself("wrong"), reading()), REFUSED);
  });

  it("refuses the token of a service account that is meant for others", async () => {
    assert.deepEqual(await askKafka({ token: await serviceToken(door, "deployer") }, reading()), REFUSED);
  });

  it("refuses a token whose bearer was changed", async () => {
    const [header, payload = "", signature] = (await serviceToken(door, CLIENT)).split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, client_id: "flights-producer" })).toString("base64url");
    assert.deepEqual(await askKafka({ token: `${header}.${forged}.${signature}` }, reading()), REFUSED);
    const unsigned = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
    assert.deepEqual(await askKafka({ token: `${unsigned}.${payload}.` }, reading()), REFUSED);
  });

  it("refuses the token of a person", async () => {
    await inviteAgain("ada");
    const login = { client: "kubernetes", redirectUri: "http://localhost:8000" };
    assert.deepEqual(await askKafka({ token: await idTokenOf(door, login, "ada") }, reading()), REFUSED);
  });

  it("refuses an expired token", async () => {
    let token = "";
    await withTokensOf(1, door, CLIENT, async () => {
      token = await serviceToken(door, CLIENT);
    });
    await pause((PAST_SKEW + 1) * 1000);
    assert.deepEqual(await askKafka({ token }, reading()), REFUSED);
  });

  it("keeps public keys alone beside the broker", async () => {
    const text = await kubectl("exec", "-n", DATA, "kafka-0", "-c", "kafka", "--", "cat", "/run/kafka-keys/keys.json");
    const { keys } = JSON.parse(text) as { keys: Record<string, string>[] };
    assert.ok(keys.length > 0);
    for (const key of keys) assert.ok(!("d" in key) && !("k" in key) && key["use"] === "sig");
  });
});
