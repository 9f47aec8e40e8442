import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { get, script } from "./cli";
import { devEnvironment } from "./dev-environment";
import { forward } from "./forward";
import { admin, type Door, type Login, openLogin, returned, tokens } from "./login";

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

/** Logs in with a password and, where Keycloak asks for another one, changes it. The page or redirect that comes then. */
export async function logInTo(door: Door, login: Login, person: string, password: string, changeTo?: string) {
  const { browser, page, verifier } = await openLogin(door, login);
  const answer = await browser.submit(page, { username: person, password });
  if (changeTo === undefined) return { answer, verifier };
  assert.match(answer.text, /name="password-new"/, "Keycloak does not ask for a new password");
  const changed = await browser.submit(answer, { "password-new": changeTo, "password-confirm": changeTo });
  return { answer: changed, verifier };
}

/** The ID token that a person gets who logs in for the first time by a public client. */
export async function idTokenOf(door: Door, login: Login, person: string): Promise<string> {
  const password = `New-${randomBytes(12).toString("hex")}`;
  const { answer, verifier } = await logInTo(door, login, person, await firstPassword(person), password);
  const code = returned(answer, login.redirectUri)?.get("code");
  assert.ok(code, `no code: ${answer.status} ${answer.headers["location"]}`);
  const { status, text } = await tokens(door, {
    grant_type: "authorization_code",
    client_id: login.client,
    redirect_uri: login.redirectUri,
    code,
    code_verifier: verifier,
  });
  assert.equal(status, 200, text);
  return JSON.parse(text).id_token;
}

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

/** Gives people new accounts, so that they have never logged in and their first password holds. */
export async function inviteAgain(...people: string[]): Promise<void> {
  const { code, stdout, stderr } = await script("realm", "renew", ...people);
  assert.equal(code, 0, `${stdout}\n${stderr}`);
}

/** Has a client's tokens live for so many seconds while `work` gets some. */
export async function withTokensOf(
  seconds: number,
  door: Door,
  client: string,
  work: () => Promise<void>,
): Promise<void> {
  const path = `/clients/${await idOf(door, `/clients?clientId=${client}`)}`;
  const before = (await byHand(door, "GET", path)) as { attributes: Record<string, string> };
  const attributes = { ...before.attributes, "access.token.lifespan": `${seconds}` };
  await byHand(door, "PUT", path, { ...before, attributes });
  try {
    await work();
  } finally {
    // An attribute that is only left out would stay.
    await byHand(door, "PUT", path, { ...before, attributes: { ...before.attributes, "access.token.lifespan": "" } });
  }
}
