import assert from "node:assert/strict";
import { loginLines, loginSecrets } from "../../scripts/lib/logins";

const encoded = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
const secret = (name: string, namespace: string, data: Record<string, string>) => ({
  metadata: { name, namespace },
  data: encoded(data),
});

const LOGIN = { "ca.crt": "-----BEGIN\nx\n-----END\n", username: "app", password: "long and random" };

describe("logins", () => {
  it("are the Secrets that name somebody, each once", () => {
    const secrets = [
      secret("postgres-app", "two", LOGIN),
      secret("postgres-app", "one", LOGIN),
      secret("kafka-tls", "one", { "tls.key": "x" }),
      secret("object-store-app", "one", { accessKey: "app", secretKey: "x" }),
    ];
    assert.deepEqual([...loginSecrets(secrets).keys()], ["object-store-app", "postgres-app"]);
  });

  it("are shown a line a key, certificates last", () => {
    const lines = loginLines(secret("postgres-app", "one", LOGIN));
    assert.deepEqual(lines.slice(0, 3), ["username  app", "password  long and random", "ca.crt:"]);
  });
});
