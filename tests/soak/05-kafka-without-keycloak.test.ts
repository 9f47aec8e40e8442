import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { eventually, get, kubectl } from "../support/cli";
import { counts } from "../support/counts";
import { devEnvironment } from "../support/dev-environment";
import { askKafka, type KafkaLogin } from "../support/kafka-client";
import { NAMESPACE, openKeycloak, serviceToken } from "../support/keycloak";

const DATA = "platform-data";
const CLIENT = "spark-job";
/** Each time in a group of its own: one whose last member just went away makes the next wait for it. */
const GROUPS = devEnvironment().kafka.users[CLIENT]?.groupPrefix;
const reading = () => ({ read: { topic: "flights", group: `${GROUPS}-${randomBytes(4).toString("hex")}` } });

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly status: { readonly containerStatuses: readonly { readonly restartCount: number }[] };
}

describe("Kafka without Keycloak", () => {
  it("starts and lets passwords in, and takes tokens again by itself once Keycloak is back", async () => {
    const first = await openKeycloak();
    const login: KafkaLogin = { token: await serviceToken(first, CLIENT) };
    first.close();
    const replicas = await kubectl("get", "statefulset/keycloak", "-n", NAMESPACE, "-o", "jsonpath={.spec.replicas}");
    await kubectl("scale", "statefulset/keycloak", "-n", NAMESPACE, "--replicas=0");
    let pod: Pod;
    try {
      await kubectl("wait", "pod/keycloak-0", "-n", NAMESPACE, "--for=delete", "--timeout=2m");
      await kubectl("delete", "pod/kafka-0", "-n", DATA, "--wait=true");
      await kubectl("rollout", "status", "statefulset/kafka", "-n", DATA, "--timeout=3m");
      pod = await get<Pod>("pod", "kafka-0", "-n", DATA);
      assert.ok((await counts()).kafka.keys > 0);
      assert.deepEqual(await askKafka(login, reading()), { messages: 0, errors: ["_AUTHENTICATION"] });
    } finally {
      await kubectl("scale", "statefulset/keycloak", "-n", NAMESPACE, `--replicas=${replicas}`);
      await kubectl("rollout", "status", "statefulset/keycloak", "-n", NAMESPACE, "--timeout=5m");
    }
    const door = await openKeycloak();
    await eventually("a token that Kafka takes", 60, async () => {
      const { messages } = await askKafka({ token: await serviceToken(door, CLIENT) }, reading());
      return messages === 1 ? true : undefined;
    });
    door.close();
    const after = await get<Pod>("pod", "kafka-0", "-n", DATA);
    assert.equal(after.metadata.uid, pod.metadata.uid);
    assert.ok(after.status.containerStatuses.every(({ restartCount }) => restartCount === 0));
  });
});
