import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { kubectl, script, succeeds } from "../../support/cli";
import { devEnvironment } from "../../support/dev-environment";
import {
  byHand,
  clientSecret,
  firstPassword,
  idOf,
  inviteAgain,
  logInTo,
  NAMESPACE,
  openKeycloak,
  secretValue,
  serviceToken,
} from "../../support/keycloak";
import { admin, claims, type Door, inside, openLogin, returned, tokens } from "../../support/login";

const ENVIRONMENT = devEnvironment();
const REALM = ENVIRONMENT.realm.name;
/** Wrong passwords after which an account is locked. */
const LOCKED_AFTER = 5;

/** A person's client, and where it takes them back to. */
const AIRFLOW = { client: "airflow", redirectUri: ENVIRONMENT.realm.clients["airflow"]?.redirectUris[0] ?? "" };

/** Logs in to Airflow: the page or redirect that comes then. */
const logIn = (door: Door, person: string, password: string, changeTo?: string) =>
  logInTo(door, AIRFLOW, person, password, changeTo);

/** The tokens of a person who has logged in. */
async function redeem(door: Door, { answer, verifier }: Awaited<ReturnType<typeof logIn>>) {
  const code = returned(answer, AIRFLOW.redirectUri)?.get("code");
  assert.ok(code, `no code: ${answer.status} ${answer.headers["location"]}`);
  const { status, text } = await tokens(door, {
    grant_type: "authorization_code",
    client_id: AIRFLOW.client,
    client_secret: await clientSecret(AIRFLOW.client),
    redirect_uri: AIRFLOW.redirectUri,
    code,
    code_verifier: verifier,
  });
  assert.equal(status, 200, text);
  return JSON.parse(text) as { access_token: string; id_token: string; refresh_token: string };
}

describe("the one login", () => {
  let door: Awaited<ReturnType<typeof openKeycloak>>;
  before(async () => {
    door = await openKeycloak();
    await inviteAgain("ada", "joan");
  });
  after(() => {
    door.close();
  });

  describe("of a person", () => {
    let given: Awaited<ReturnType<typeof redeem>>;

    it("asks for another password than the first one, by authorization code and PKCE", async () => {
      const password = `New-${randomBytes(12).toString("hex")}`;
      given = await redeem(door, await logIn(door, "ada", await firstPassword("ada"), password));
      const again = await redeem(door, await logIn(door, "ada", password));
      assert.ok(again.access_token);
    });

    it("says who it is, for whom, in which groups and with which roles", async () => {
      const access = await claims(door, given.access_token);
      const identity = await claims(door, given.id_token);
      for (const token of [access, identity]) {
        assert.equal(token["iss"], `${door.publicUrl}/realms/${REALM}`);
        assert.equal(token["preferred_username"], "ada");
        assert.deepEqual(token["groups"], ["admin"]);
        assert.deepEqual(token["roles"], ["Admin"]);
        assert.deepEqual([token["aud"]].flat(), [AIRFLOW.client]);
      }
      assert.deepEqual(access["resource_access"], { airflow: { roles: ["Admin"] } });
      assert.equal(Number(access["exp"]) - Number(access["iat"]), 300);
    });

    it("is known to the server behind it", async () => {
      const headers = { authorization: `Bearer ${given.access_token}` };
      const { status, text } = await inside(door, `/realms/${REALM}/protocol/openid-connect/userinfo`, { headers });
      assert.equal(status, 200, text);
      assert.deepEqual(JSON.parse(text).groups, ["admin"]);
    });

    it("does not open the admin API, not even to who runs the platform", async () => {
      assert.equal((await admin(door, given.access_token, "/users")).status, 403);
    });

    it("is renewed once by each refresh token, and is over when one comes again", async () => {
      const form = {
        grant_type: "refresh_token",
        client_id: AIRFLOW.client,
        client_secret: await clientSecret(AIRFLOW.client),
        refresh_token: given.refresh_token,
      };
      assert.equal((await tokens(door, form)).status, 200);
      assert.equal((await tokens(door, form)).status, 400);
      assert.equal((await admin(door, given.access_token, "/users")).status, 401);
    });
  });

  describe("is refused", () => {
    const refused = async (person: string, password: string) => {
      const { answer } = await logIn(door, person, password);
      assert.equal(answer.status, 200);
      assert.equal(returned(answer, AIRFLOW.redirectUri), undefined);
      assert.match(answer.text, /id="kc-form-login"|name="password"/);
    };

    it("with a wrong password", () => refused("grace", "wrong"));
    it("to nobody", () => refused("nobody", "wrong"));
    it("to a person who is disabled, with the right password", async () =>
      refused("alan", await firstPassword("alan")));

    it("to who wants to come back to another address", async () => {
      for (const redirectUri of ["https://evil.example.com/", `${AIRFLOW.redirectUri}/more`]) {
        const { page } = await openLogin(door, { ...AIRFLOW, redirectUri });
        assert.equal(page.status, 400);
        assert.equal(page.headers["location"], undefined);
      }
    });

    it("without PKCE, and with a plain challenge", async () => {
      for (const challengeMethod of ["none", "plain"] as const) {
        const { page } = await openLogin(door, { ...AIRFLOW, challengeMethod });
        assert.equal(returned(page, AIRFLOW.redirectUri)?.get("error"), "invalid_request");
      }
    });

    it("by password outside of the browser", async () => {
      const form = { grant_type: "password", username: "grace", password: await firstPassword("grace") };
      const secret = await clientSecret(AIRFLOW.client);
      assert.equal((await tokens(door, { ...form, client_id: "airflow", client_secret: secret })).status, 400);
      assert.notEqual((await tokens(door, { ...form, client_id: "admin-cli" })).status, 200);
    });

    it("to who has guessed too often, and that is no drift", async () => {
      for (let attempt = 0; attempt < LOCKED_AFTER; attempt++) await refused("joan", `wrong-${attempt}`);
      await refused("joan", await firstPassword("joan"));
      const { code, stdout } = await script("realm", "drift");
      assert.equal(code, 0, stdout);
      const joan = await idOf(door, "/users?exact=true&username=joan");
      await byHand(door, "DELETE", `/attack-detection/brute-force/users/${joan}`);
      const { answer } = await logIn(door, "joan", await firstPassword("joan"));
      assert.match(answer.text, /name="password-new"/);
    });
  });

  describe("of a service", () => {
    it("says for whom it is and with which roles", async () => {
      const token = await claims(door, await serviceToken(door, "spark-job"));
      assert.equal(token["azp"], "spark-job");
      assert.ok([token["aud"]].flat().includes("kafka"));
      assert.deepEqual(token["resource_access"], { kafka: { roles: ["client"] } });
    });

    it("is refused with a wrong secret, and to clients of people", async () => {
      const grant = { grant_type: "client_credentials" };
      const wrong = await tokens(door, { ...grant, client_id: "spark-job", client_secret: "wrong" });
      assert.equal(wrong.status, 401);
      const secret = await clientSecret("airflow");
      assert.notEqual((await tokens(door, { ...grant, client_id: "airflow", client_secret: secret })).status, 200);
    });
  });

  describe("administration", () => {
    it("is refused to nobody in particular and to service accounts", async () => {
      assert.equal((await inside(door, `/admin/realms/${REALM}/users`)).status, 401);
      assert.equal((await inside(door, "/admin/realms")).status, 401);
      assert.equal((await admin(door, await serviceToken(door, "deployer"), "/users")).status, 403);
    });

    it("of other realms is refused to the account of the setup Job", async () => {
      const token = await serviceToken(door, "realm-setup");
      for (const path of ["/admin/realms/master/clients", "/admin/realms/master/users"]) {
        const { status } = await inside(door, path, { headers: { authorization: `Bearer ${token}` } });
        assert.ok(status === 401 || status === 403, `${path}: ${status}`);
      }
    });

    it("by the bootstrap account is over, also after a restart", async () => {
      const bootstrap = async () => {
        const form = {
          grant_type: "client_credentials",
          client_id: "bootstrap",
          client_secret: await secretValue("keycloak-bootstrap", "secret"),
        };
        return (await inside(door, "/realms/master/protocol/openid-connect/token", { form })).status;
      };
      assert.equal(await bootstrap(), 401);
      await kubectl("delete", "pod", "--namespace", NAMESPACE, "keycloak-0", "--wait=true");
      await kubectl("rollout", "status", "statefulset/keycloak", "--namespace", NAMESPACE, "--timeout=5m");
      door.close();
      door = await openKeycloak();
      assert.equal(await bootstrap(), 401);
    });
  });

  describe("changed by hand", () => {
    /** Has each change found by its words, and all of them put back. */
    const isPutBack = async (...told: RegExp[]) => {
      const drift = await script("realm", "drift");
      assert.equal(drift.code, 1, drift.stdout);
      for (const what of told) assert.match(drift.stdout, what);
      const apply = await script("realm", "apply");
      assert.equal(apply.code, 0, `${apply.stdout}\n${apply.stderr}`);
      const after = await script("realm", "drift");
      assert.equal(after.code, 0, after.stdout);
    };

    it("is found, told and put back", async () => {
      const mallory = `mallory-${randomBytes(3).toString("hex")}`;
      const [airflow] = (await byHand(door, "GET", "/clients?clientId=airflow")) as { id: string }[];
      const viewers = await idOf(door, "/groups?exact=true&search=viewer");
      const roles = (await byHand(door, "GET", `/clients/${airflow?.id}/roles`)) as { name: string }[];
      await byHand(door, "PUT", `/clients/${airflow?.id}`, { ...airflow, redirectUris: ["https://evil.example.com/"] });
      await byHand(door, "POST", `/groups/${viewers}/role-mappings/clients/${airflow?.id}`, [
        roles.find(({ name }) => name === "Admin"),
      ]);
      await byHand(door, "PUT", "", { ...((await byHand(door, "GET", "")) as object), bruteForceProtected: false });
      await byHand(door, "POST", "/users", { username: mallory, enabled: true, groups: ["/admin"] });

      await isPutBack(
        /airflow: redirectUris/,
        /viewer: role Admin of airflow/,
        /bruteForce/,
        new RegExp(`person ${mallory}`),
      );
      const [left] = (await byHand(door, "GET", `/users?exact=true&username=${mallory}`)) as { enabled: boolean }[];
      assert.equal(left?.enabled, false);
    });

    it("is put back where a client has a flow of its own, and a service account a group", async () => {
      const airflow = `/clients/${await idOf(door, "/clients?clientId=airflow")}`;
      const read = async () => (await byHand(door, "GET", airflow)) as { authenticationFlowBindingOverrides: object };
      const flows = (await byHand(door, "GET", "/authentication/flows")) as { id: string; alias: string }[];
      const authenticationFlowBindingOverrides = { browser: flows.find(({ alias }) => alias === "direct grant")?.id };
      await byHand(door, "PUT", airflow, { ...(await read()), authenticationFlowBindingOverrides });
      assert.deepEqual((await read()).authenticationFlowBindingOverrides, authenticationFlowBindingOverrides);
      const deployer = await idOf(door, "/clients?clientId=deployer");
      const account = (await byHand(door, "GET", `/clients/${deployer}/service-account-user`)) as { id: string };
      const groups = `/users/${account.id}/groups`;
      await byHand(door, "PUT", `${groups}/${await idOf(door, "/groups?exact=true&search=admin")}`, {});

      await isPutBack(/airflow: authenticationFlowBindingOverrides\.browser/, /service account deployer: group admin/);
      assert.deepEqual((await read()).authenticationFlowBindingOverrides, {});
      assert.deepEqual(await byHand(door, "GET", groups), []);
    });

    it("is no business of Pulumi", () => succeeds("pulumi", ["preview", "--expect-no-changes", "--stack", "dev"]));
  });
});
