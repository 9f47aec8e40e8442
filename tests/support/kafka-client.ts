import { paths } from "../../scripts/lib/paths";
import { platformEnvironment } from "../../scripts/lib/platform-environment";
import { run } from "../../scripts/lib/run";

const NAMESPACE = "platform-data";
const BROKER = "kafka-0";

/** How somebody logs in on the clients' port. */
export type KafkaLogin =
  | { readonly token: string }
  /** The library gets tokens itself. */
  | { readonly client: string; readonly secret: string; readonly tokenEndpoint: string };

/** What somebody tries, and what came of it: messages that were read or written, and the names of Kafka's errors. */
export interface Attempt {
  readonly read?: { readonly topic: string; readonly group: string };
  readonly write?: { readonly topic: string };
}

export interface Outcome {
  readonly messages: number;
  readonly errors: readonly string[];
}

/**
 * Python for the image's own library, run in the broker's pod, which has the authorities and reaches both Kafka and Keycloak. An
 * error that a client would repeat for ever ends it; so does half a minute.
 */
const PROGRAM = `
import json, os, sys, time
from confluent_kafka import Consumer, KafkaException, Producer

asked = json.loads(sys.stdin.readline())
login, errors, messages = asked["login"], [], 0
settings = {
    "bootstrap.servers": asked["bootstrap"],
    "security.protocol": "SASL_SSL",
    "ssl.ca.location": "/etc/kafka-tls/ca.crt",
    "sasl.mechanism": "OAUTHBEARER",
    "error_cb": lambda error: errors.append(error.name()),
    "log_level": 0,
}
if "token" in login:
    settings["oauth_cb"] = lambda _: (login["token"], time.time() + 300)
else:
    settings |= {
        "sasl.oauthbearer.method": "oidc",
        "sasl.oauthbearer.client.id": login["client"],
        "sasl.oauthbearer.client.secret": login["secret"],
        "sasl.oauthbearer.token.endpoint.url": login["tokenEndpoint"],
        "https.ca.location": "/etc/kafka-config/token-issuer-ca.crt",
    }

def wrong():
    return [each for each in errors if each not in ("_TRANSPORT", "_ALL_BROKERS_DOWN")]

deadline = time.monotonic() + 30
try:
    if "read" in asked:
        client = Consumer({**settings, "group.id": asked["read"]["group"], "auto.offset.reset": "earliest", "enable.auto.commit": False})
        client.subscribe([asked["read"]["topic"]])
        while messages == 0 and not wrong() and time.monotonic() < deadline:
            message = client.poll(0.5)
            if message is not None and message.error():
                errors.append(message.error().name())
            elif message is not None:
                messages += 1
    else:
        client = Producer({**settings, "message.timeout.ms": 20000})
        def done(error, _):
            global messages
            if error is None:
                messages += 1
            else:
                errors.append(error.name())
        client.produce(asked["write"]["topic"], b"{}", on_delivery=done)
        while len(client) and not wrong() and time.monotonic() < deadline:
            client.poll(0.5)
except KafkaException as error:
    errors.append(error.args[0].name())
print(json.dumps({"messages": messages, "errors": sorted(set(wrong()))}), flush=True)
os._exit(0)
`;

/** Tries something as whoever logs in. Secrets go by standard input. */
export async function askKafka(login: KafkaLogin, attempt: Attempt): Promise<Outcome> {
  const bootstrap = `${BROKER}.kafka-nodes.${NAMESPACE}.svc:9093`;
  const input = `${JSON.stringify({ login, bootstrap, ...attempt })}\n`;
  const inPod = ["exec", "-i", "--namespace", NAMESPACE, BROKER, "--container", "kafka", "--"];
  const answer = await run("kubectl", ["--kubeconfig", paths.kubeconfig, ...inPod, "python3", "-c", PROGRAM], {
    env: await platformEnvironment(),
    input,
    timeout: 60_000,
  });
  return JSON.parse(answer);
}
