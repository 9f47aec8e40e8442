import { createHmac } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Environment } from "../../../environment";
import { addressesOf } from "../../../scripts/lib/addresses";
import { NAMESPACE as AIRFLOW, tokenFor } from "../airflow";
import { forward } from "../forward";
import { serviceToken } from "../keycloak";
import { admin, type Door, inside, tokens } from "../login";
import { type Entrance, Visitor } from "../visitor";
import { http, secret } from "./ask";
import { endSessions, type Guest, withShortTokens } from "./people";
import type { Outcome, Row } from "./table";

/** What the questions to pages need; made before the first and undone after the last. */
export interface Stage {
  readonly entrance: Entrance;
  readonly door: Door;
  /** In the group that runs the platform. */
  readonly runner: Guest;
  /** In the group that looks on. */
  readonly looker: Guest;
}

/** How long a token lasts that is to expire: a login and a first page have to be done by then, on a busy machine too. */
const LOGIN_SECONDS = 9;

const ROLES_IN_TOKENS = "what a person may do is not its business: it knows one user, whom the gateway comes as";

/** What people open in a browser, by the gateway, and what stands behind it. */
export function pages(environment: Environment, stage: () => Stage): Row[] {
  const addresses = new Map(addressesOf(environment).map(({ service, url }) => [service, url] as const));
  const at = (host: string) => addresses.get(host) ?? "";
  const visitor = () => new Visitor(stage().entrance);
  /** A visitor who has given a name and a password at an address that asks for them. */
  const entered = async (url: string, { name, password }: Pick<Guest, "name" | "password">) => {
    const guest = visitor();
    await guest.logIn(url, name, password);
    return guest;
  };
  const outcome = async (guest: Visitor, url: string, authorization?: string): Promise<Outcome> => {
    const headers = authorization === undefined ? {} : { authorization };
    const { status, headers: answered } = await guest.ask(url, { headers });
    return `HTTP ${status}${String(answered["location"] ?? "").startsWith(at("login")) ? " to the login" : ""}`;
  };
  const wrong = ({ name }: Guest) => ({ name, password: "wrong" });

  const airflowLogin = `${at("airflow")}/auth/login/keycloak`;
  const airflow = async (guest: Visitor, path = "/api/v2/dags") => outcome(guest, at("airflow") + path);
  const airflowToken = async (seconds: number) => {
    const guest = await entered(airflowLogin, stage().runner);
    const [, claims = ""] = (guest.cookies(at("airflow")).get("_token") ?? "").split(".");
    const token = await tokenFor(JSON.parse(Buffer.from(claims, "base64url").toString()).sub, { seconds });
    return outcome(visitor(), `${at("airflow")}/api/v2/dags`, `Bearer ${token}`);
  };

  /** The rows of a page that the gateway asks for a login, for somebody with its role and somebody without. */
  const guarded = (host: string): Row => ({
    service: `${host}, by the gateway's login`,
    allowed: [async () => outcome(await entered(`${at(host)}/`, stage().runner), `${at(host)}/`), "HTTP 200"],
    anonymous: [() => outcome(visitor(), `${at(host)}/`), "HTTP 302 to the login"],
    "wrong password": [
      async () => outcome(await entered(`${at(host)}/`, wrong(stage().runner)), `${at(host)}/`),
      "HTTP 302 to the login",
    ],
    "expired token": [
      () =>
        withShortTokens(stage().door, environment.hosts[host]?.login?.client ?? "", LOGIN_SECONDS, async () => {
          const guest = await entered(`${at(host)}/`, stage().runner);
          const before = await outcome(guest, `${at(host)}/`);
          await endSessions(stage().door, stage().runner);
          await pause((LOGIN_SECONDS + 1) * 1000);
          return `${before}, then ${await outcome(guest, `${at(host)}/`)}`;
        }),
      "HTTP 200, then HTTP 302 to the login",
    ],
    "wrong role": [async () => outcome(await entered(`${at(host)}/`, stage().looker), `${at(host)}/`), "HTTP 403"],
  });

  const flower = async (authorization?: string) => {
    const way = await forward(AIRFLOW, "service/airflow-flower", 5555);
    const headers = authorization === undefined ? {} : { authorization };
    return http({ port: way.port, path: "/workers", headers }).finally(way.close);
  };
  const basic = (password: string) => `Basic ${Buffer.from(`flower:${password}`).toString("base64")}`;

  const log = async (changes?: { key?: string; seconds?: number; file?: string }) => {
    const way = await forward(AIRFLOW, "pod/airflow-worker-default-0", 8793);
    const headers = changes === undefined ? {} : { authorization: await logToken(changes) };
    return http({ port: way.port, path: "/log/nothing.log", headers }).finally(way.close);
  };

  const users = async (token?: string): Promise<Outcome> => {
    const { door } = stage();
    const path = `/admin/realms/${door.realm}/users`;
    const { status } = token === undefined ? await inside(door, path) : await admin(door, token, "/users");
    return `HTTP ${status}`;
  };

  return [
    {
      service: "keycloak, its administration",
      allowed: [async () => users(await serviceToken(stage().door, "realm-setup")), "HTTP 200"],
      anonymous: [() => users(), "HTTP 401"],
      "wrong password": [
        async () => {
          const form = { grant_type: "client_credentials", client_id: "realm-setup", client_secret: "wrong" };
          const { status, text } = await tokens(stage().door, form);
          return `HTTP ${status} ${JSON.parse(text).error}`;
        },
        "HTTP 401 unauthorized_client",
      ],
      "expired token": [
        () =>
          withShortTokens(stage().door, "deployer", 1, async () => {
            const token = await serviceToken(stage().door, "deployer");
            await pause(2000);
            return users(token);
          }),
        "HTTP 401",
      ],
      "wrong role": [async () => users(await serviceToken(stage().door, "deployer")), "HTTP 403"],
    },
    {
      service: "gateway, as a whole",
      allowed: [() => outcome(visitor(), `${at("login")}/realms/${environment.realm.name}`), "HTTP 200"],
      anonymous: [
        () => outcome(visitor(), `https://nobody.${environment.domain}:${environment.gatewayPort}/`),
        "HTTP 404",
      ],
      "wrong password": {
        none: "it asks for none itself; pages that it guards by the realm's login have rows of their own",
      },
      "expired token": { none: "as for passwords" },
      "wrong role": [
        async () => {
          const token = await serviceToken(stage().door, "realm-setup");
          return outcome(visitor(), `${at("login")}/admin/realms/${environment.realm.name}/users`, `Bearer ${token}`);
        },
        "HTTP 404",
      ],
    },
    {
      service: "airflow",
      allowed: [async () => airflow(await entered(airflowLogin, stage().runner), "/api/v2/connections"), "HTTP 200"],
      anonymous: [() => airflow(visitor()), "HTTP 401"],
      "wrong password": [async () => airflow(await entered(airflowLogin, wrong(stage().runner))), "HTTP 401"],
      "expired token": [
        async () => `${await airflowToken(60)}, then ${await airflowToken(-60)}`,
        "HTTP 200, then HTTP 401",
      ],
      "wrong role": [
        async () => airflow(await entered(airflowLogin, stage().looker), "/api/v2/connections"),
        "HTTP 403",
      ],
    },
    {
      service: "airflow, logs of running tasks",
      allowed: [() => log({}), "HTTP 404"],
      anonymous: [() => log(), "HTTP 403"],
      "wrong password": [() => log({ key: "x".repeat(64) }), "HTTP 403"],
      "expired token": [() => log({ seconds: -60 }), "HTTP 403"],
      "wrong role": [() => log({ file: "another.log" }), "HTTP 403"],
    },
    {
      service: "flower, behind the gateway",
      allowed: [
        async () => flower(basic((await secret(AIRFLOW, "airflow-keys"))["flower-password"] ?? "")),
        "HTTP 200",
      ],
      anonymous: [() => flower(), "HTTP 401"],
      "wrong password": [() => flower(basic("wrong")), "HTTP 401"],
      "expired token": { none: "it knows one user and a password, not tokens" },
      "wrong role": { none: ROLES_IN_TOKENS },
    },
    ...Object.entries(environment.hosts)
      .filter(([host, { login }]) => login !== undefined && addresses.has(host))
      .map(([host]) => guarded(host)),
  ];
}

/** A token by which Airflow fetches the log of a task that still runs, for one file. */
async function logToken(changes: { key?: string; seconds?: number; file?: string }): Promise<string> {
  const { seconds = 60, file = "nothing.log" } = changes;
  const key = changes.key ?? (await secret(AIRFLOW, "airflow-keys"))["api-secret"] ?? "";
  const now = Math.floor(Date.now() / 1000);
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString("base64url");
  const times = { iat: now - 600, nbf: now - 600, exp: now + seconds };
  const text = [
    part({ alg: "HS512", typ: "JWT" }),
    part({ ...times, aud: "task-instance-logs", filename: file, jti: crypto.randomUUID() }),
  ].join(".");
  return `${text}.${createHmac("sha512", key).update(text).digest("base64url")}`;
}
