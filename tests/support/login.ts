import assert from "node:assert/strict";
import { createHash, createPublicKey, type JsonWebKey, randomBytes, verify } from "node:crypto";
import { request } from "node:https";

/** How a realm of Keycloak is reached: a port of this machine that leads to it, and the names that it goes by. */
export interface Door {
  readonly port: number;
  /** Authority that its certificate is trusted by, PEM. */
  readonly ca: string;
  /** Name in its certificate, which servers inside the cluster use too. */
  readonly internalHost: string;
  /** Public address, such as `https://login.platform.localhost:8443`. */
  readonly publicUrl: string;
  readonly realm: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** One request over TLS, the certificate verified. */
function ask(door: Door, path: string, host: string, { method, headers = {}, form, json }: Question): Promise<Answer> {
  const body = form === undefined ? JSON.stringify(json) : new URLSearchParams(form).toString();
  const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: "127.0.0.1",
        port: door.port,
        path,
        method: method ?? (body === undefined ? "GET" : "POST"),
        ca: door.ca,
        servername: door.internalHost,
        headers: { host, ...(body === undefined ? {} : { "content-type": type }), ...headers },
        timeout: 30_000,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      },
    );
    call.on("timeout", () => call.destroy(new Error(`${path}: no answer within 30 s`)));
    call.on("error", reject);
    call.end(body);
  });
}

/** As a server inside the cluster asks. */
export function inside(door: Door, path: string, question: Question = {}): Promise<Answer> {
  return ask(door, path, `${door.internalHost}:8443`, question);
}

/** A browser that the gateway stands in front of, with its cookies. */
export class Browser {
  readonly #door: Door;
  readonly #cookies = new Map<string, string>();

  constructor(door: Door) {
    this.#door = door;
  }

  async ask(path: string, form?: Readonly<Record<string, string>>): Promise<Answer> {
    const { host } = new URL(this.#door.publicUrl);
    const headers = {
      "x-forwarded-for": "192.0.2.7",
      "x-forwarded-proto": "https",
      "x-forwarded-host": host,
      cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "),
    };
    const answer = await ask(this.#door, path, host, { headers, ...(form === undefined ? {} : { form }) });
    for (const cookie of [answer.headers["set-cookie"] ?? []].flat()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }

  /** Sends the one form of a page, and goes where Keycloak itself leads; stops at a page or at somebody else's address. */
  async submit(page: Answer, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const action = /<form[^>]*\saction="([^"]+)"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&");
    assert.ok(action !== undefined, `no form in the page: ${page.status} ${page.text.slice(0, 300)}`);
    return this.follow(await this.ask(this.#pathOf(action), fields));
  }

  async follow(answer: Answer): Promise<Answer> {
    const { location } = answer.headers;
    if (typeof location !== "string" || !location.startsWith(`${this.#door.publicUrl}/`)) return answer;
    return this.follow(await this.ask(this.#pathOf(location)));
  }

  #pathOf(address: string): string {
    const { origin, pathname, search } = new URL(address, this.#door.publicUrl);
    assert.equal(origin, this.#door.publicUrl, "Keycloak sends the browser elsewhere");
    return `${pathname}${search}`;
  }
}

/** A login by authorization code and PKCE, as an application starts it. */
export interface Login {
  readonly client: string;
  readonly redirectUri: string;
  /** @default S256 of a fresh verifier */
  readonly challengeMethod?: "S256" | "plain" | "none";
}

/** The page that Keycloak shows to who wants to log in, and what is needed to redeem the code. */
export async function openLogin(door: Door, { client, redirectUri, challengeMethod = "S256" }: Login) {
  const verifier = randomBytes(32).toString("base64url");
  const challenge = challengeMethod === "S256" ? createHash("sha256").update(verifier).digest("base64url") : verifier;
  const query = new URLSearchParams({
    client_id: client,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid",
    state: "state",
    ...(challengeMethod === "none" ? {} : { code_challenge: challenge, code_challenge_method: challengeMethod }),
  });
  const browser = new Browser(door);
  const page = await browser.ask(`/realms/${door.realm}/protocol/openid-connect/auth?${query}`);
  return { browser, page, verifier };
}

/** What an application's address is called with after a login: `code`, or `error`. */
export function returned(answer: Answer, redirectUri: string): URLSearchParams | undefined {
  const { location } = answer.headers;
  if (typeof location !== "string" || !location.startsWith(`${redirectUri}?`)) return undefined;
  return new URL(location).searchParams;
}

/** Asks for tokens inside the cluster. */
export function tokens(door: Door, form: Readonly<Record<string, string>>): Promise<Answer> {
  return inside(door, `/realms/${door.realm}/protocol/openid-connect/token`, { form });
}

/** The claims of a token, after its signature was verified with the realm's published keys. */
export async function claims(door: Door, token: string): Promise<Record<string, unknown>> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const { kid, alg } = JSON.parse(Buffer.from(header, "base64url").toString());
  assert.equal(alg, "RS256");
  const answer = await inside(door, `/realms/${door.realm}/protocol/openid-connect/certs`);
  const { keys } = JSON.parse(answer.text) as { keys: (JsonWebKey & { kid: string })[] };
  const key = keys.find((each) => each.kid === kid);
  assert.ok(key !== undefined, "signed by a key that the realm does not publish");
  const publicKey = createPublicKey({ key, format: "jwk" });
  const signed = Buffer.from(`${header}.${payload}`);
  assert.ok(verify("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url")), "the signature is wrong");
  return JSON.parse(Buffer.from(payload, "base64url").toString());
}

/** The admin API below a realm, as the bearer of a token. */
export async function admin(door: Door, token: string, path: string, question: Question = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` };
  return inside(door, `/admin/realms/${door.realm}${path}`, { ...question, headers });
}
