import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "yaml";
import { paths } from "../../../scripts/lib/paths";
import { kubectl, script, succeeds, tool } from "../../support/cli";
import { devEnvironment } from "../../support/dev-environment";
import { idTokenOf, inviteAgain, openKeycloak, serviceToken, withTokensOf } from "../../support/keycloak";

const DATA = "platform-data";
/** The public client of kubectl, and where kubelogin listens. */
const KUBERNETES = {
  client: "kubernetes",
  redirectUri: devEnvironment().realm.clients["kubernetes"]?.redirectUris[0] ?? "",
};

/** The API server's answer to the bearer of a token, or to nobody. */
async function ask(method: string, path: string, token?: string): Promise<number> {
  const shown = await kubectl("config", "view", "--minify", "--raw", "-o", "json");
  const [{ cluster }] = JSON.parse(shown).clusters;
  const { hostname, port } = new URL(cluster.server);
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: hostname,
        port,
        path,
        method,
        ca: Buffer.from(cluster["certificate-authority-data"], "base64"),
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        timeout: 30_000,
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    call.on("timeout", () => call.destroy(new Error(`${path}: no answer within 30 s`)));
    call.on("error", reject);
    call.end();
  });
}

const PODS = `/api/v1/namespaces/${DATA}/pods`;
const SECRETS = `/api/v1/namespaces/${DATA}/secrets`;

describe("kubectl by the realm", () => {
  let door: Awaited<ReturnType<typeof openKeycloak>>;
  const folder = mkdtempSync(join(tmpdir(), "kubectl-login-"));
  before(async () => {
    door = await openKeycloak();
    await inviteAgain("ada", "grace", "joan");
  });
  after(() => {
    door.close();
    rmSync(folder, { recursive: true });
  });

  /** A kubeconfig for the bearer of a token. */
  async function kubeconfigOf(token: string): Promise<string> {
    const shown = parse(await kubectl("config", "view", "--minify", "--raw"));
    const file = join(folder, "kubeconfig");
    writeFileSync(file, JSON.stringify({ ...shown, users: [{ name: shown.users[0].name, user: { token } }] }));
    return file;
  }

  /** What the bearer of a token may do, as the API server says it itself. */
  async function may(token: string, ...what: string[]): Promise<string> {
    const { stdout } = await tool("kubectl", ["--kubeconfig", await kubeconfigOf(token), "auth", "can-i", ...what]);
    return stdout.trim();
  }

  describe("knows", () => {
    it("an administrator, who may do everything", async () => {
      const token = await idTokenOf(door, KUBERNETES, "ada");
      const who = ["auth", "whoami", "-o", "json"];
      const answer = await succeeds("kubectl", ["--kubeconfig", await kubeconfigOf(token), ...who]);
      const { status } = JSON.parse(answer);
      assert.equal(status.userInfo.username, "oidc:ada");
      assert.deepEqual(status.userInfo.groups, ["oidc:admin", "system:authenticated"]);
      assert.equal(await ask("GET", SECRETS, token), 200);
      assert.equal(await ask("GET", "/api/v1/nodes", token), 200);
      assert.equal(await may(token, "*", "*", "--all-namespaces"), "yes");
    });

    it("somebody who looks on, who may read and nothing else, and no Secret", async () => {
      const token = await idTokenOf(door, KUBERNETES, "joan");
      assert.equal(await ask("GET", PODS, token), 200);
      assert.equal(await ask("GET", "/api/v1/namespaces", token), 200);
      assert.equal(await ask("DELETE", `${PODS}/kafka-0`, token), 403);
      assert.equal(await ask("GET", SECRETS, token), 403);
      assert.equal(await ask("GET", "/api/v1/namespaces/kube-system/pods", token), 403);
      for (const what of [
        ["create", "pods"],
        ["create", "pods", "--subresource=exec"],
        ["patch", "statefulsets"],
        ["impersonate", "users"],
      ])
        assert.equal(await may(token, ...what, "--namespace", DATA), "no", what.join(" "));
    });

    it("a developer, whom the realm has given the same", async () => {
      const token = await idTokenOf(door, KUBERNETES, "grace");
      assert.equal(await ask("GET", PODS, token), 200);
      assert.equal(await ask("GET", SECRETS, token), 403);
    });

    it("operators, who can have a pod made anew but not get at a Secret", async () => {
      const as = ["--as", "oidc:somebody", "--as-group", "oidc:operator", "--namespace", DATA];
      const can = async (...what: string[]) => {
        const { stdout } = await tool("kubectl", ["--kubeconfig", paths.kubeconfig, "auth", "can-i", ...what, ...as]);
        return stdout.trim();
      };
      for (const what of [
        ["get", "pods"],
        ["delete", "pods"],
        ["patch", "statefulsets", "--subresource=scale"],
      ])
        assert.equal(await can(...what), "yes", what.join(" "));
      for (const what of [
        ["get", "secrets"],
        ["create", "pods"],
        ["create", "pods", "--subresource=exec"],
        ["patch", "statefulsets"],
      ])
        assert.equal(await can(...what), "no", what.join(" "));
    });
  });

  describe("refuses", () => {
    it("nobody in particular, but for health", async () => {
      assert.equal(await ask("GET", PODS), 401);
      assert.equal(await ask("GET", "/readyz"), 200);
      assert.equal(await ask("GET", "/version"), 401);
    });

    it("a token that is meant for others", async () => {
      assert.equal(await ask("GET", PODS, await serviceToken(door, "deployer")), 401);
    });

    it("a token whose groups were changed", async () => {
      await inviteAgain("joan");
      const [header, payload = "", signature] = (await idTokenOf(door, KUBERNETES, "joan")).split(".");
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
      const forged = Buffer.from(JSON.stringify({ ...claims, groups: ["admin"] })).toString("base64url");
      assert.equal(await ask("GET", PODS, `${header}.${forged}.${signature}`), 401);
    });

    it("an expired token", async () => {
      await inviteAgain("joan");
      let token = "";
      await withTokensOf(2, door, KUBERNETES.client, async () => {
        token = await idTokenOf(door, KUBERNETES, "joan");
      });
      await pause(4_000);
      assert.equal(await ask("GET", PODS, token), 401);
    });

    it("who has been disabled: no token is given", async () => {
      await assert.rejects(idTokenOf(door, KUBERNETES, "alan"), /new password|no code/);
    });
  });

  describe("is set up so that it", () => {
    it("prints a kubeconfig for people, which holds no secret", async () => {
      const { code, stdout, stderr } = await script("kubeconfig");
      assert.equal(code, 0, stderr);
      const { clusters, users } = parse(stdout);
      assert.match(clusters[0].cluster.server, /^https:\/\/127\.0\.0\.1:\d+$/);
      assert.deepEqual(Object.keys(users[0].user), ["exec"]);
      assert.ok(users[0].user.exec.args.includes(`--oidc-issuer-url=${door.publicUrl}/realms/${door.realm}`));
    });

    it("goes on when the cluster is told again", async () => {
      const { code, stdout, stderr } = await script("cluster", "login");
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      await inviteAgain("joan");
      assert.equal(await ask("GET", PODS, await idTokenOf(door, KUBERNETES, "joan")), 200);
    });
  });
});
