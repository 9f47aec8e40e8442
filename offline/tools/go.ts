import { existsSync } from "node:fs";
import { attempt } from "../../scripts/lib/run";
import type { Group } from "./groups";
import { moduleFolder } from "./key";

/** A Go that is new enough for a group. */
export interface Go {
  readonly command: string;
  /** `go1.26.8`; with GOTOOLCHAIN=auto that of the toolchain which Go fetched for the group. */
  readonly version: string;
  /** `linux/amd64`. */
  readonly target: string;
}

/** Where the official archive unpacks to (https://go.dev/doc/install), tried where `go` is not on PATH. */
const OFFICIAL_GO = "/usr/local/go/bin/go";

/** How builds run: no C, nothing of the user's flags or workspaces, so that the key says all. */
export const GO_ENVIRONMENT: NodeJS.ProcessEnv = {
  ...process.env,
  CGO_ENABLED: "0",
  GOFLAGS: "",
  GOWORK: "off",
};

const HOW_TO_GET =
  "Install a newer one (Debian: apt-get install golang-go where that is new enough; any Linux: the archive of " +
  "https://go.dev/doc/install), or let an older Go (1.21 and up) fetch the right toolchain from the module proxy: " +
  "export GOTOOLCHAIN=auto";

/** Go on PATH, or where its archive puts it. Throws where it is in neither place, saying what it is needed for and how to get it. */
export async function goCommand(purpose: string): Promise<string> {
  if (await answers("go")) return "go";
  if (existsSync(OFFICIAL_GO)) return OFFICIAL_GO;
  throw new Error(`Go is needed to ${purpose} and was not found. ${HOW_TO_GET}`);
}

/** The Go for a group. Throws where there is none or it is too old, saying how to get one. */
export async function goFor(group: Group): Promise<Go> {
  const command = await goCommand(`build ${group.name}`);
  const result = await attempt(command, ["env", "GOVERSION", "GOOS", "GOARCH"], {
    cwd: moduleFolder(group),
    env: GO_ENVIRONMENT,
  });
  const [version = "", os = "", arch = ""] = result.stdout.trim().split("\n");
  if (result.code !== 0 || arch === "")
    throw new Error(`Go cannot build ${group.name}: ${result.stderr.trim()}\n${HOW_TO_GET}`);
  return { command, version, target: `${os}/${arch}` };
}

async function answers(command: string): Promise<boolean> {
  try {
    return (await attempt(command, ["env", "GOOS"], { cwd: "/" })).code === 0;
  } catch {
    return false;
  }
}
