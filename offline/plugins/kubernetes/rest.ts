import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { type KubeObject, listAt, numberAt, textAt } from "./object";

/** What the API server refused, with its own words. */
export class ApiError extends Error {
  /** HTTP status. */
  readonly code: number;
  /** `AlreadyExists`, `Conflict`, `NotFound`, ... */
  readonly reason: string;
  /** The `Status` object. */
  readonly status: KubeObject;
  constructor(code: number, status: KubeObject) {
    super(textAt(status, "message") ?? `the API server answered ${code}`);
    this.code = code;
    this.reason = textAt(status, "reason") ?? "";
    this.status = status;
  }

  /** True if it was the namespace that does not exist. */
  get isMissingNamespace(): boolean {
    return this.code === 404 && textAt(this.status, "details", "kind") === "namespaces";
  }

  /** Managers and fields of a server-side apply conflict: `conflict with "kubectl": .data.a`. */
  get conflicts(): readonly string[] {
    return listAt(this.status, "details", "causes")
      .filter((cause) => textAt(cause, "reason") === "FieldManagerConflict")
      .map((cause) => `${textAt(cause, "message") ?? ""}: ${textAt(cause, "field") ?? ""}`);
  }
}

/** No API server answers. */
export class Unreachable extends Error {}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  readonly signal: AbortSignal;
  /** Called with each warning that the API server sends along. @default ignored */
  readonly warn?: (warning: string) => void;
}

/** How often a request is sent again that the server asked to repeat, as client-go does. */
const MAX_RETRIES = 10;

/** Milliseconds that a write may still take once it is cancelled: what is made and not recorded would be nobody's. */
const HEARD_OUT = 5_000;

/** `299 - "text"`. @see https://www.rfc-editor.org/rfc/rfc7234#section-5.5 */
const WARNING = /\d{3} \S+ "((?:[^"\\]|\\.)*)"/g;

/** HTTP to one API server, authenticated as the kubeconfig says. */
export class Rest {
  readonly #config: KubeConfig;
  readonly #agent: http.Agent | https.Agent;
  readonly #server: string;

  constructor(config: KubeConfig) {
    this.#config = config;
    this.#server = config.getCurrentCluster()?.server.replace(/\/+$/, "") ?? "";
    const agentOptions = { keepAlive: true, maxSockets: 32 };
    this.#agent = this.#server.startsWith("http:") ? new http.Agent(agentOptions) : new https.Agent(agentOptions);
  }

  /** @throws ApiError, Unreachable */
  async request(method: string, path: string, options: RequestOptions): Promise<KubeObject> {
    for (let attempt = 0; ; attempt++) {
      const { response, text } = await this.#exchange(method, path, options);
      for (const [, warning = ""] of String(response.headers["warning"] ?? "").matchAll(WARNING))
        options.warn?.(warning);
      const code = response.statusCode ?? 0;
      if (code >= 200 && code < 300) return JSON.parse(text) as KubeObject;
      const error = new ApiError(code, parseStatus(text, code));
      const wait = response.headers["retry-after"] ?? numberAt(error.status, "details", "retryAfterSeconds");
      if (wait === undefined || (code !== 429 && code < 500) || attempt >= MAX_RETRIES) throw error;
      await delay(Number(wait) * 1000, undefined, { signal: options.signal });
    }
  }

  /** One request and its whole answer. A write that was begun is heard out for a while after a cancellation. */
  async #exchange(method: string, path: string, options: RequestOptions) {
    const { signal } = options;
    signal.throwIfAborted();
    const late = new AbortController();
    const cancel = () => setTimeout(() => late.abort(signal.reason), method === "GET" ? 0 : HEARD_OUT);
    signal.addEventListener("abort", cancel);
    try {
      const response = await this.#send(method, path, { ...options, signal: late.signal });
      return { response, text: await collect(response, late.signal) };
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  /** Calls `onEvent` for every event until the server ends the watch, the signal is aborted or the connection breaks. */
  async watch(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
    onEvent: () => void,
  ): Promise<void> {
    const response = await this.#send("GET", path, { query: { ...query, watch: "1" }, signal });
    if (response.statusCode !== 200) {
      response.resume();
      return;
    }
    for await (const _ of createInterface({ input: response })) onEvent();
  }

  async #send(method: string, path: string, options: RequestOptions): Promise<http.IncomingMessage> {
    const url = new URL(this.#server + path);
    for (const [key, value] of Object.entries(options.query ?? {})) url.searchParams.set(key, value);
    const requestOptions: https.RequestOptions = {};
    await this.#config.applyToHTTPSOptions(requestOptions);
    const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers = {
      ...(requestOptions.headers as http.OutgoingHttpHeaders | undefined),
      Accept: "application/json",
      ...(payload !== undefined && {
        "Content-Type": options.contentType ?? "application/json",
        "Content-Length": Buffer.byteLength(payload), // Node sends none with DELETE, and the body would be read as the next request
      }),
    };
    const proxied = this.#config.getCurrentCluster()?.proxyUrl !== undefined;
    const client = url.protocol === "http:" ? http : https;
    return new Promise((resolve, reject) => {
      const request = client.request(
        url,
        {
          ...requestOptions,
          agent: proxied ? requestOptions.agent : this.#agent,
          method,
          headers,
          signal: options.signal,
        },
        resolve,
      );
      request.on("error", (error: NodeJS.ErrnoException) => {
        if (options.signal.aborted) reject(error);
        else
          reject(
            new Unreachable(
              `no answer from the Kubernetes API server at ${this.#server}: ${error.message || error.code}`,
            ),
          );
      });
      request.end(payload);
    });
  }
}

async function collect(response: http.IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new Unreachable(`the Kubernetes API server broke off its answer: ${(thrown as Error).message}`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A proxy in between may answer with something that is no `Status`. */
function parseStatus(text: string, code: number): KubeObject {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) return parsed as KubeObject;
  } catch {
    // falls through to the plain text below
  }
  return { message: `the API server answered ${code}: ${text.slice(0, 200)}` };
}
