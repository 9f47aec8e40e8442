import { createHmac } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import type { Finished } from "../../scripts/lib/run";
import { eventually, get, kubectl, script } from "./cli";
import { forward } from "./forward";

export const NAMESPACE = "platform-airflow";
const TESTER = "platform-tester";

/** Calls of Airflow's interface, until `close`. */
export interface Airflow {
  /** Status and parsed answer. Without a token the caller is anonymous. */
  call(method: string, path: string, token?: string, body?: object): Promise<{ status: number; body: Answer }>;
  close(): void;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many forms, of which each test knows what it reads
export type Answer = any;

export async function openAirflow(): Promise<Airflow> {
  const { port, close } = await forward(NAMESPACE, "service/airflow-api-server", 8080);
  const call: Airflow["call"] = async (method, path, token, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      redirect: "manual",
      headers: {
        accept: "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  };
  await eventually("an answer of Airflow", 30, async () =>
    (await call("GET", "/api/v2/version")).status === 200 ? true : undefined,
  );
  return { call, close };
}

/** Runs a program in the first container of a part's pod. */
export const inPart = (part: string, ...command: string[]) =>
  kubectl("exec", "--namespace", NAMESPACE, part, "--", ...command);

/** A user of Airflow's own database, made for a test; answers its number. */
export async function makeTester(): Promise<string> {
  const person = ["--firstname", "Test", "--lastname", "Er", "--email", "tester@localhost"];
  const create = ["airflow", "users", "create", "--username", TESTER, "--role", "Admin", "--use-random-password"];
  await inPart("deploy/airflow-api-server", ...create, ...person);
  const script = [
    "import os, psycopg2",
    "address = os.environ['AIRFLOW__DATABASE__SQL_ALCHEMY_CONN'].replace('+psycopg2', '', 1)",
    `cursor = psycopg2.connect(address).cursor(); cursor.execute("SELECT id FROM ab_user WHERE username = '${TESTER}'")`,
    "print(cursor.fetchone()[0])",
  ];
  return (await inPart("deploy/airflow-api-server", "python3", "-c", script.join("\n"))).trim();
}

export const deleteTester = () =>
  inPart("deploy/airflow-api-server", "airflow", "users", "delete", "--username", TESTER);

/** A token as Airflow itself makes them, signed with the stack's key or with another. */
export async function tokenFor(user: string, changes: { seconds?: number; key?: string; audience?: string } = {}) {
  const { data } = await get<{ data: Record<string, string> }>("secret", "airflow-keys", "-n", NAMESPACE);
  const { seconds = 3600, key = Buffer.from(data["jwt-secret"] ?? "", "base64").toString() } = changes;
  const now = Math.floor(Date.now() / 1000);
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");
  const claims = { sub: user, iss: "airflow:airflow", aud: changes.audience ?? "airflow:airflow" };
  const times = { iat: now - 7200, nbf: now - 7200, exp: now + seconds };
  const text = `${part({ alg: "HS512", typ: "JWT" })}.${part({ ...claims, ...times, jti: crypto.randomUUID() })}`;
  return `${text}.${createHmac("sha512", key).update(text).digest("base64url")}`;
}

/** `scripts/dags push` of files that are given as text, beside the platform's own. */
export async function pushDags(files: Readonly<Record<string, string>>): Promise<Finished> {
  const folder = mkdtempSync(join(tmpdir(), "platform-dags-test-"));
  try {
    cpSync(join(paths.root, "pipelines", "dags"), folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return await script("dags", "push", "--folder", folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every object of the bucket of DAGs with its checksum, as the dag-processor's own key shows it. */
export function dagsBucket(): Promise<string> {
  return inPart(
    "deploy/airflow-dag-processor",
    "python3",
    "-c",
    [
      "from platform_airflow.store import store",
      "for each in store().list_objects_v2(Bucket='dags').get('Contents', []): print(each['Key'], each['ETag'])",
    ].join("\n"),
  );
}
