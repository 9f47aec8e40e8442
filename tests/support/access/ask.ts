import { request as plainRequest } from "node:http";
import { type RequestOptions, request as secureRequest } from "node:https";
import { connect } from "node:tls";
import { kubectlOfDev } from "../../../scripts/lib/kubectl";
import { get } from "../cli";
import type { Outcome } from "./table";

/** Milliseconds until a service counts as not reached; nothing is refused by silence. */
const PATIENCE = 60_000;

/** Certificate and key of a client, PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface Question {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** With TLS, and this certificate of the client or none. The server's is not looked at: what is asked for is its answer. */
  readonly tls?: Partial<ClientCertificate>;
}

/** Asks a port of this machine by HTTP: the status, or why there was none. */
export function http({ port, path, headers = {}, tls }: Question): Promise<Outcome> {
  const options: RequestOptions = { host: "127.0.0.1", port, path, headers, timeout: PATIENCE };
  return new Promise((resolve) => {
    const call =
      tls === undefined ? plainRequest(options) : secureRequest({ ...options, ...tls, rejectUnauthorized: false });
    call.on("response", (answer) => {
      answer.resume();
      resolve(`HTTP ${answer.statusCode}`);
    });
    call.on("timeout", () => call.destroy(new Error("no answer")));
    call.on("error", (error) => resolve(reasonOf(error)));
    call.end();
  });
}

/** Speaks to a port of this machine by TLS: `answered` as soon as anything comes back, or why the connection ended. */
export function speak(
  port: number,
  { protocol, words }: Speech,
  client: Partial<ClientCertificate> = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const ALPNProtocols = protocol === undefined ? [] : [protocol];
    const socket = connect({ host: "127.0.0.1", port, ALPNProtocols, ...client, rejectUnauthorized: false });
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error("no answer")));
    socket.once("secureConnect", () => socket.write(words));
    socket.once("data", () => {
      resolve("answered");
      socket.destroy();
    });
    socket.once("error", (error) => resolve(reasonOf(error)));
    socket.once("close", () => resolve("closed"));
  });
}

/** How a client begins. */
interface Speech {
  /** As TLS names it (ALPN), where a server asks for that. */
  readonly protocol?: string;
  readonly words: Buffer;
}

/** HTTP/2, and so gRPC: its preface and empty settings. */
export const HTTP2: Speech = {
  protocol: "h2",
  words: Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]),
};

/** Kafka: ApiVersions, version 0, without a name. */
export const KAFKA: Speech = { words: Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255]) };

/** OpenSSL's word for the alert that a server has sent, or the code of the error. */
function reasonOf(error: Error & { code?: string; reason?: string }): Outcome {
  return error.reason ?? error.code ?? error.message;
}

/** Where a program of a test runs. */
export interface Place {
  readonly namespace: string;
  /** As `kubectl exec` takes it, such as `deploy/airflow-scheduler`. */
  readonly target: string;
}

/** Runs a Python program in a container; answers what it printed. It goes there by standard input, so that it may hold secrets. */
export async function python({ namespace, target }: Place, ...program: readonly string[]): Promise<Outcome> {
  const kubectl = await kubectlOfDev();
  const command = ["exec", "--stdin", "--namespace", namespace, target, "--", "python3", "-"];
  return (await kubectl(command, `${program.join("\n")}\n`)).trim();
}

/** The values of a Secret. */
export async function secret(namespace: string, name: string): Promise<Readonly<Record<string, string>>> {
  const { data } = await get<{ data: Record<string, string> }>("secret", name, "--namespace", namespace);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}

/** The certificate in a Secret of Kubernetes' own form. */
export async function certificate(namespace: string, name: string): Promise<ClientCertificate> {
  const { "tls.crt": cert = "", "tls.key": key = "" } = await secret(namespace, name);
  return { cert, key };
}
