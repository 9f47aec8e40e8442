import assert from "node:assert/strict";
import { get, script } from "./cli";
import { devEnvironment } from "./dev-environment";
import { forward } from "./forward";
import { admin, type Door, tokens } from "./login";

export const NAMESPACE = "platform-login";

const ENVIRONMENT = devEnvironment();

/** The client of the setup Job, the one account that may change the realm. */
const SETUP = "realm-setup";

/** A way to the Keycloak of the dev stack, until `close`. */
export async function openKeycloak(): Promise<Door & { close(): void }> {
  const { port, close } = await forward(NAMESPACE, "service/keycloak", 8443);
  return {
    port,
    close,
    ca: await secretValue("keycloak-tls", "ca.crt"),
    internalHost: `keycloak.${NAMESPACE}.svc`,
    publicUrl: ENVIRONMENT.hosts["login"]?.url ?? "",
    realm: ENVIRONMENT.realm.name,
  };
}

/** One value of a Secret beside Keycloak. */
export async function secretValue(name: string, key: string): Promise<string> {
  const { data } = await get<{ data: Record<string, string> }>("secret", name, "--namespace", NAMESPACE);
  return Buffer.from(data[key] ?? "", "base64").toString();
}

export const clientSecret = (client: string) => secretValue("keycloak-clients", client);
export const firstPassword = (person: string) => secretValue("keycloak-people", person);

/** The access token of a client with a service account. */
export async function serviceToken(door: Door, client: string, secret?: string): Promise<string> {
  const { status, text } = await tokens(door, {
    grant_type: "client_credentials",
    client_id: client,
    client_secret: secret ?? (await clientSecret(client)),
  });
  assert.equal(status, 200, text);
  return JSON.parse(text).access_token;
}

/** What an administrator would do by hand, as the one account that may: that of the setup Job. */
export async function byHand(door: Door, method: string, path: string, json?: unknown): Promise<unknown> {
  const token = await serviceToken(door, SETUP);
  const { status, text } = await admin(door, token, path, { method, ...(json === undefined ? {} : { json }) });
  assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

export async function idOf(door: Door, path: string): Promise<string> {
  const [found] = (await byHand(door, "GET", path)) as { id: string }[];
  assert.ok(found !== undefined, `${path} finds nothing`);
  return found.id;
}

/** Takes people away by hand and has them made anew, so that they have never logged in and their first password holds. */
export async function inviteAgain(door: Door, ...people: string[]): Promise<void> {
  for (const person of people)
    await byHand(door, "DELETE", `/users/${await idOf(door, `/users?exact=true&username=${person}`)}`);
  const { code, stdout, stderr } = await script("realm", "apply");
  assert.equal(code, 0, `${stdout}\n${stderr}`);
}
