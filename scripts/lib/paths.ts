import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The repository: the nearest folder upwards that holds versions.json. */
export const ROOT = findRoot(__dirname);

/** Six hex digits that tell this clone from others on the same machine. */
const cloneId = createHash("sha256").update(ROOT).digest("hex").slice(0, 6);

const cache =
  process.env["PLATFORM_CACHE"] || join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "data-platform");
const platform = join(ROOT, ".platform");

/** Where everything lies that the commands make; all absolute. */
export const paths = {
  root: ROOT,

  /** Built tools, bases and images. Shared by all clones, outlives `make down`. */
  cache,
  /** `<group>-<key12>/` each, see offline/tools. */
  toolCache: join(cache, "tools"),
  imageCache: join(cache, "images"),

  /** All that belongs to this clone and is not in git. */
  platform,
  /** Links to the chosen tools; first on PATH. */
  bin: join(platform, "bin"),
  /** Link to the chosen Pulumi CLI itself; `bin/pulumi` is scripts/lib/pulumi in front of it. */
  cli: join(platform, "cli", "pulumi"),
  /** Absolute path of each built program by its name, written by `scripts/setup-tools`. */
  toolsFile: join(platform, "tools.json"),
  /** PULUMI_HOME of the twins. */
  pulumiHome: join(platform, "pulumi"),
  /** Folder of the file backend. */
  state: join(platform, "state"),
  passphrase: join(platform, "passphrase"),
  kubeconfig: join(platform, "kubeconfig"),
  /** Where the one-node cluster runs, written by `scripts/cluster up`. */
  clusterFile: join(platform, "cluster.json"),
  /** Name to reference of the built images, written by `scripts/images build`. */
  imagesFile: join(platform, "images.json"),
  /** Rendered manifests of operators. */
  operators: join(platform, "operators"),
  log: join(platform, "log"),
  /** The choice between official Pulumi and twins, with its reasons. */
  choiceFile: join(platform, "choice.json"),

  /** Data of the one-node cluster. */
  nodeData: `/var/lib/platform-${cloneId}`,
  /** Sockets and runtime state of the one-node cluster; gone after a reboot. */
  runDir: `/run/platform-${cloneId}`,
  /** Name of the one-node cluster's network namespace. */
  netns: `platform-${cloneId}`,
} as const;

function findRoot(from: string): string {
  if (existsSync(join(from, "versions.json"))) return from;
  const parent = dirname(from);
  if (parent === from)
    throw new Error(`versions.json is missing: ${__dirname} is not inside the platform's repository.`);
  return findRoot(parent);
}
