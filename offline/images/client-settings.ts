import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { attempt } from "../../scripts/lib/run";

/** Files that a build may read and that leave no trace in the image, by the name that Dockerfiles mount them under. */
export type Secrets = Readonly<Record<string, string>>;

/** Settings of pip that hold inside an image too; others name files of this machine. */
const PIP_SETTINGS = ["index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "retries"];
const SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Runs `work` with what this machine's clients are told of the network: its certificate authorities (a network may inspect TLS),
 * its pip and Maven settings (a mirror, a proxy). They may hold passwords, so they lie in a folder of ours alone.
 * To be called by one process at a time.
 */
export async function withClientSettings<T>(work: (secrets: Secrets) => Promise<T>): Promise<T> {
  const folder = join(paths.imageCache, "client-settings");
  rmSync(folder, { recursive: true, force: true }); // of a build that was killed
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const pip = join(folder, "pip.conf");
    writeFileSync(pip, pipConfig(await hostPipConfig()), { mode: 0o600 });
    const certificates = process.env["SSL_CERT_FILE"] || SYSTEM_CERTIFICATES;
    const maven = join(homedir(), ".m2", "settings.xml");
    return await work({
      pip,
      ...(existsSync(certificates) ? { ca: certificates } : {}),
      ...(existsSync(maven) ? { maven } : {}),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function hostPipConfig(): Promise<string> {
  try {
    return (await attempt("python3", ["-m", "pip", "config", "list"])).stdout;
  } catch {
    return ""; // no Python here, so nobody has set anything for pip
  }
}

/** A pip.conf out of what `pip config list` prints: `global.index-url='...'`, the more special later. */
export function pipConfig(listed: string): string {
  const settings = new Map<string, string>();
  for (const line of listed.split("\n")) {
    const [, key = "", value = ""] = /^(?:global|:env:|install)\.+([a-z-]+)='(.*)'$/.exec(line) ?? [];
    if (PIP_SETTINGS.includes(key)) settings.set(key, value.replaceAll("\\n", "\n    "));
  }
  return `[global]\n${[...settings].map(([key, value]) => `${key} = ${value}\n`).join("")}`;
}
