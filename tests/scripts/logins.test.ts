import assert from "node:assert/strict";
import { firstLogin, loginLines, loginSecrets } from "../../scripts/lib/logins";

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
      secret("login-app", "one", { "client-id": "app", "client-secret": "x" }),
    ];
    assert.deepEqual([...loginSecrets(secrets).keys()], ["login-app", "object-store-app", "postgres-app"]);
  });

  it("of people are their first passwords", () => {
    const secrets = [secret("keycloak-people", "login", { ada: "long and random" })];
    assert.deepEqual(firstLogin(secrets, "ada")?.slice(0, 2), [
      "username        ada",
      "first password  long and random",
    ]);
    assert.equal(firstLogin(secrets, "eve"), undefined);
  });

  it("are shown a line a key, certificates last", () => {
    const lines = loginLines(secret("postgres-app", "one", LOGIN));
    assert.deepEqual(lines.slice(0, 3), ["username  app", "password  long and random", "ca.crt:"]);
  });
});
