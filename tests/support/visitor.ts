import assert from "node:assert/strict";
import { request } from "node:https";
import type { Answer } from "./login";

/** How the gateway of the dev stack is reached from this machine. */
export interface Entrance {
  readonly port: number;
  /** Authority that its certificates are trusted by, PEM. */
  readonly ca: string;
}

interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

/** Pages that one address may send its visitor on to. */
const MOST_REDIRECTS = 15;

/** Somebody at the gateway, with the cookies of each host: what a browser does, without pages that run programs. */
export class Visitor {
  readonly #entrance: Entrance;
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(entrance: Entrance) {
    this.#entrance = entrance;
  }

  /** The cookies that a host has set, by their names. */
  cookies(url: string): ReadonlyMap<string, string> {
    return this.#of(new URL(url).host);
  }

  /** One request; redirects are not followed. */
  ask(url: string, { method, headers = {}, form }: Ask = {}): Promise<Answer> {
    const { host, hostname, pathname, search } = new URL(url);
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    const cookie = [...this.#of(host)].map(([name, value]) => `${name}=${value}`).join("; ");
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: "127.0.0.1",
          port: this.#entrance.port,
          servername: hostname,
          ca: this.#entrance.ca,
          path: pathname + search,
          method: method ?? (body === undefined ? "GET" : "POST"),
          headers: {
            host,
            ...(cookie === "" ? {} : { cookie }),
            ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
            ...headers,
          },
          timeout: 30_000,
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("end", () => {
            for (const line of response.headers["set-cookie"] ?? []) this.#keep(host, line);
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          });
        },
      );
      call.on("timeout", () => call.destroy(new Error(`${url}: no answer within 30 s`)));
      call.on("error", reject);
      call.end(body);
    });
  }

  /** Asks, and goes where it is sent; answers the last page and where that is. */
  async visit(url: string, ask: Ask = {}): Promise<Answer & { readonly url: string }> {
    let at = url;
    let answer = await this.ask(at, ask);
    for (let count = 0; typeof answer.headers["location"] === "string"; count++) {
      assert.ok(count < MOST_REDIRECTS, `${url} leads round in circles, last to ${at}`);
      at = new URL(answer.headers["location"], at).href;
      answer = await this.ask(at);
    }
    return { ...answer, url: at };
  }

  /** Goes to an address that asks for a login, and gives name and password there; answers where that leads. */
  async logIn(url: string, username: string, password: string): Promise<Answer & { readonly url: string }> {
    const page = await this.visit(url);
    const action = /<form[^>]*\saction="([^"]+)"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&");
    assert.ok(action !== undefined, `no form at ${page.url}: ${page.status} ${page.text.slice(0, 300)}`);
    return this.visit(new URL(action, page.url).href, { form: { username, password } });
  }

  #of(host: string): Map<string, string> {
    const known = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, known);
    return known;
  }

  #keep(host: string, line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const expires = /;\s*expires=([^;]+)/i.exec(line)?.[1];
    const gone = /;\s*max-age=0\b/i.test(line) || (expires !== undefined && Date.parse(expires) < Date.now());
    if (gone) this.#of(host).delete(name);
    else this.#of(host).set(name, value);
  }
}
