import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Page } from "puppeteer-core";
import { addressOf } from "../../../scripts/lib/addresses";
import { gatewayAuthority } from "../../../scripts/lib/gateway-authority";
import { type Chromium, freshPage, openChromium, screenshot } from "../../support/chromium";
import { eventually } from "../../support/cli";
import { devEnvironment } from "../../support/dev-environment";
import { firstPassword, inviteAgain } from "../../support/keycloak";

const ENVIRONMENT = devEnvironment();
/** One that is there whatever other tests push meanwhile. */
const DAG = "platform_check";
const AIRFLOW = addressOf(ENVIRONMENT, "airflow");
const LOGIN = addressOf(ENVIRONMENT, "login");

/** Who has which of Airflow's roles, by the groups of the committed stack. */
const PEOPLE = { admin: "ada", viewer: "joan" } as const;

/** What only those find in the menu who run Airflow, and where it leads. */
const ADMINISTRATION = { Connections: "/connections", Variables: "/variables" } as const;

/** Pages and calls that a Viewer has no business with. */
const CLOSED_TO_VIEWERS = [
  ["GET", "/api/v2/connections"],
  ["GET", "/api/v2/variables"],
  ["GET", "/auth/fab/v1/users"],
  ["POST", "/api/v2/variables"],
] as const;

describe("Airflow in a browser", () => {
  let chromium: Chromium;
  const pictures: string[] = [];
  const passwords = new Map<string, string>();
  /** The page that the test in hand looks at; kept where it fails. */
  let page: Page;

  before(async () => {
    chromium = await openChromium(await gatewayAuthority(ENVIRONMENT));
    await inviteAgain(...Object.values(PEOPLE));
  });
  beforeEach(async () => {
    page = await freshPage(chromium);
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await picture(`failed: ${this.currentTest.title}`);
    await page.browserContext().close();
  });
  after(async () => {
    await chromium.close();
    // The first passwords hold again, which `scripts/login` shows.
    await inviteAgain(...Object.values(PEOPLE));
    console.log(["    kept what was seen:", ...pictures].join("\n      "));
  });

  const picture = async (name: string) => {
    pictures.push(await screenshot(page, `airflow-${name.toLowerCase().replace(/[^a-z]+/g, "-")}`));
  };
  const isAt = (address: string) =>
    eventually(`the page ${address}`, 60, async () => (page.url().startsWith(address) ? true : undefined)).catch(
      (error: Error) => assert.fail(`${error.message}; it is ${page.url()}`),
    );
  /** What the page's own scripts are answered. */
  const status = (path: string, method = "GET") =>
    page.evaluate(`fetch("${path}", { method: "${method}" }).then(({ status }) => status)`);
  const text = (): Promise<string> => page.evaluate("document.body.innerText") as Promise<string>;
  const shows = (word: string) =>
    eventually(`"${word}" on the page`, 60, async () => ((await text()).includes(word) ? true : undefined));

  /** From Airflow's own page to the form of Keycloak. */
  const toLogin = async () => {
    await page.goto(AIRFLOW);
    await isAt(`${AIRFLOW}/auth/login`);
    await page.locator("#btn-signin-keycloak").click();
    await isAt(`${LOGIN}/realms/${ENVIRONMENT.realm.name}/`);
  };
  const enter = async (person: string, password: string) => {
    await page.locator("#username").fill(person);
    await page.locator("#password").fill(password);
    await page.locator("#kc-login").click();
  };
  /** Logs somebody in; who has never been there chooses a password. */
  const logIn = async (person: string) => {
    await toLogin();
    const known = passwords.get(person);
    await enter(person, known ?? (await firstPassword(person)));
    if (known === undefined) {
      const chosen = `New-${randomBytes(12).toString("hex")}`;
      await page.locator("#password-new").fill(chosen);
      await picture("new password");
      await page.locator("#password-confirm").fill(chosen);
      await page.locator("#kc-submit").click();
      passwords.set(person, chosen);
    }
    await eventually(`Airflow for ${person}`, 60, async () => {
      const { origin, pathname } = new URL(page.url());
      return origin === AIRFLOW && !pathname.startsWith("/auth/") ? true : undefined;
    });
    await page.waitForSelector("button[aria-label=User]");
  };
  /** The names of the DAGs, as whoever is logged in may see them. */
  const dags = async (): Promise<string[]> => {
    const list = "fetch('/api/v2/dags').then(each => each.json()).then(({ dags }) => dags.map(each => each.dag_id))";
    return (await page.evaluate(list)) as string[];
  };
  const seesDags = async () => {
    assert.ok((await dags()).includes(DAG), "there is no DAG: the test would prove nothing");
    await page.goto(`${AIRFLOW}/dags`);
    await shows(DAG);
  };

  it("is believed by the stack's authority alone", async () => {
    const stranger = await openChromium();
    try {
      const elsewhere = await freshPage(stranger);
      await assert.rejects(elsewhere.goto(AIRFLOW), /ERR_CERT_AUTHORITY_INVALID/);
    } finally {
      await stranger.close();
    }
    const answer = await page.goto(AIRFLOW);
    assert.equal(answer?.status(), 200);
    assert.ok(answer?.securityDetails()?.issuer());
  });

  for (const path of ["/", "/dags", "/connections"])
    it(`shows nobody ${path}, but where to log in`, async () => {
      await page.goto(AIRFLOW + path);
      await isAt(`${AIRFLOW}/auth/login`);
      await page.waitForSelector("#btn-signin-keycloak");
      assert.equal(await status("/api/v2/dags"), 401);
      assert.equal(await status("/ui/dags"), 401);
      const cookies = await page.browserContext().cookies();
      assert.ok(!cookies.some(({ name }) => name === "_token"));
      if (path === "/") await picture("nobody");
    });

  it("lets an Admin in, who chooses a password first, and shows what they may change", async () => {
    await logIn(PEOPLE.admin);
    await picture("admin home");
    await page.waitForSelector("button[aria-label=Security]");
    await page.locator("button[aria-label=Admin]").click();
    for (const entry of Object.keys(ADMINISTRATION)) await page.waitForSelector(`[role=menuitem][aria-label=${entry}]`);
    await picture("admin menu");
    for (const [title, path] of Object.entries(ADMINISTRATION)) {
      assert.equal(await status(`/api/v2${path}`), 200, title);
      await page.goto(AIRFLOW + path);
      await shows(`Add ${title.slice(0, -1)}`);
      await picture(`admin ${title}`);
    }
    await seesDags();
    await picture("admin dags");
  });

  it("lets a Viewer see DAGs and nothing to administer", async () => {
    await logIn(PEOPLE.viewer);
    await seesDags();
    await picture("viewer dags");
    for (const entry of ["Admin", "Security"]) assert.equal(await page.$(`button[aria-label=${entry}]`), null, entry);
    for (const [method, path] of CLOSED_TO_VIEWERS) assert.equal(await status(path, method), 403, `${method} ${path}`);
    const [first] = await dags();
    assert.equal(await status(`/api/v2/dags/${first}`), 200);
    assert.equal(await status(`/api/v2/dags/${first}`, "DELETE"), 403);
    for (const path of Object.values(ADMINISTRATION)) {
      await page.goto(AIRFLOW + path);
      await shows("403 Forbidden");
      if (path === ADMINISTRATION.Connections) await picture("viewer refused");
    }
  });

  it("refuses a wrong password", async () => {
    await toLogin();
    await enter(PEOPLE.admin, "wrong");
    await page.waitForSelector("#input-error-username");
    await picture("wrong password");
    assert.ok(page.url().startsWith(LOGIN));
    await page.goto(AIRFLOW);
    await isAt(`${AIRFLOW}/auth/login`);
    assert.equal(await status("/api/v2/dags"), 401);
  });

  it("is over after a logout", async () => {
    await logIn(PEOPLE.admin);
    const cookies = await page.browserContext().cookies();
    await page.locator("button[aria-label=User]").click();
    await page.locator("[role=menuitem][data-value=logout]").click();
    await page.locator("[data-testid=confirmation-confirm-button]").click();
    await isAt(`${AIRFLOW}/auth/login`);
    assert.equal(await status("/api/v2/dags"), 401);
    await picture("logged out");
    await page.locator("#btn-signin-keycloak").click();
    await isAt(`${LOGIN}/realms/${ENVIRONMENT.realm.name}/`);
    await page.waitForSelector("#password"); // the realm has forgotten them, too
    // Neither do the cookies of before open it again.
    await page.browserContext().setCookie(...cookies);
    await page.goto(AIRFLOW);
    await isAt(`${AIRFLOW}/auth/login`);
    await page.waitForSelector("#btn-signin-keycloak");
    assert.equal(await status("/api/v2/dags"), 401);
  });
});
