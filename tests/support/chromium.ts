import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { paths } from "../../scripts/lib/paths";
import { chromiumDatabase } from "../../scripts/lib/trust";

/** uid and gid of `nobody`. */
const NOBODY = 65534;

/** Milliseconds that a page may take on a machine that is busy with a whole platform. */
const PATIENCE = 60_000;

/** Kept after the tests; the folder is not in git. */
const SCREENSHOTS = join(paths.platform, "screenshots");

/** A real browser without a window, with a home of its own that it leaves nothing of. */
export interface Chromium {
  readonly browser: Browser;
  close(): Promise<void>;
}

/**
 * Starts Chromium, which believes the authorities of its maker and the given one; certificates are judged as anybody's browser does.
 * Root's starts it as `nobody`: Chromium's own sandbox, which holds back what a page might do to this machine, refuses root.
 */
export async function openChromium(authority?: string): Promise<Chromium> {
  const home = mkdtempSync(join(tmpdir(), "platform-chromium-"));
  const asNobody = process.getuid?.() === 0;
  const prefix = asNobody ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];
  const env = { PATH: process.env["PATH"], HOME: home, LANG: "en_US.UTF-8" };
  const remove = () => rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  try {
    const database = chromiumDatabase(home);
    mkdirSync(database, { recursive: true });
    if (asNobody) for (const folder of [home, join(database, ".."), database]) chownSync(folder, NOBODY, NOBODY);
    if (authority !== undefined) {
      const certutil = (...args: string[]) => {
        const [command = "", ...rest] = [...prefix, "certutil", "-d", `sql:${database}`, ...args];
        execFileSync(command, rest, { env, input: authority, stdio: ["pipe", "ignore", "pipe"] });
      };
      certutil("-N", "--empty-password");
      certutil("-A", "-n", "platform", "-t", "C,,");
    }
    const [executablePath = "", ...before] = [...prefix, "chromium"];
    const usual = await puppeteer.defaultArgs({ headless: true, userDataDir: join(home, "profile") });
    const browser = await puppeteer.launch({
      executablePath: absolute(executablePath),
      args: [...before, ...usual, "--lang=en-US"],
      ignoreDefaultArgs: true, // they would come before the program's name
      pipe: true,
      env,
      defaultViewport: { width: 1440, height: 900 },
    });
    return { browser, close: () => browser.close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A page that shares nothing with others: no cookies, no cache. */
export async function freshPage({ browser }: Chromium): Promise<Page> {
  const page = await (await browser.createBrowserContext()).newPage();
  page.setDefaultTimeout(PATIENCE);
  return page;
}

/** Keeps what a page shows, under a name; answers the path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const path = join(SCREENSHOTS, `${name}.png`);
  mkdirSync(SCREENSHOTS, { recursive: true });
  writeFileSync(path, await page.screenshot());
  return path;
}

const absolute = (program: string) => execFileSync("which", [program], { encoding: "utf8" }).trim();
