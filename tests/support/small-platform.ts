import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { configOfDev } from "../../scripts/lib/stack-file";

/** What takes long to come up; what is left has state, operators, jobs and data. */
const OFF = ["airflow", "keda", "keycloak", "mongodb", "spark"];
const FILE = "PULUMI_OPTION_CONFIG_FILE";

let folder: string | undefined;

/** From here on the dev stack has fewer services, by a file of its own. */
export function makeSmall(): void {
  const config = configOfDev();
  folder = mkdtempSync(join(tmpdir(), "platform-small-"));
  const file = join(folder, "Pulumi.dev.yaml");
  const services = Object.fromEntries(OFF.map((service) => [service, false]));
  writeFileSync(file, stringify({ config: { ...config, "platform:services": services } }));
  process.env[FILE] = file;
}

/** As before. */
export function makeWhole(): void {
  delete process.env[FILE];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
}
