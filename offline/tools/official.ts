import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { attempt, run } from "../../scripts/lib/run";
import versions from "../../versions.json";
import type { FoundCli, Observations, PluginState } from "./choice";

/** Packages whose plugin the dev stack runs; each has a twin. */
export const PLUGINS = ["kubernetes", "random", "tls"] as const;

/** Where Pulumi's own installer and engine download from (https://get.pulumi.com). */
const RELEASES = "https://get.pulumi.com/releases";

/** Milliseconds that the whole check of what can be reached may take. */
const REACH_LIMIT = 3000;

/** Looks for the official CLI and plugins on this machine and at the vendor's server; takes at most about 3 seconds. */
export async function observe(): Promise<Observations> {
  const [clis, cliDownload, plugins] = await Promise.all([
    findClis(),
    reachable(cliUrl()),
    Promise.all(PLUGINS.map(async (name) => [name, await pluginState(name)] as const)),
  ]);
  return { clis, cliDownload, plugins: Object.fromEntries(plugins) };
}

/** Downloads the pinned official CLI into the cache, unless it is there, and answers it. */
export async function downloadCli(): Promise<FoundCli> {
  const folder = join(paths.toolCache, `pulumi-official-${versions.pulumi}`);
  const path = join(folder, "pulumi", "pulumi");
  if (!existsSync(path)) {
    const partial = `${folder}.${process.pid}.partial`;
    mkdirSync(partial, { recursive: true });
    try {
      const log = join(paths.log, "download-pulumi.log");
      const archive = join(partial, "pulumi.tar.gz");
      await run("curl", ["-fsSL", "--retry", "3", "-o", archive, cliUrl()], { log });
      await run("tar", ["-xzf", archive, "-C", partial], { log });
      rmSync(archive);
      await run(join(partial, "pulumi", "pulumi"), ["version"], { log });
      renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return { path, version: versions.pulumi };
}

/** The version of a package's plugin: that of its npm package. */
export function pluginVersion(name: string): string {
  const manifest = join(paths.root, "node_modules", "@pulumi", name, "package.json");
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

const userHome = (): string => {
  const home = process.env["PULUMI_HOME"];
  return home === undefined || home === "" || home === paths.pulumiHome ? join(homedir(), ".pulumi") : home;
};

async function findClis(): Promise<FoundCli[]> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== paths.bin);
  const candidates = [
    ...folders.map((folder) => join(folder, "pulumi")),
    join(userHome(), "bin", "pulumi"),
    join(userHome(), "versions", versions.pulumi, "bin", "pulumi"),
  ].filter((path, index, all) => isExecutable(path) && all.indexOf(path) === index && !path.includes("/node_modules/"));
  const found = await Promise.all(
    candidates.map(async (path) => {
      const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
      const { code, stdout } = await attempt(path, ["version"], { env, timeout: REACH_LIMIT });
      return code === 0 ? [{ path, version: stdout.trim().replace(/^v/, "") }] : [];
    }),
  );
  return found.flat();
}

async function pluginState(name: string): Promise<PluginState> {
  const version = pluginVersion(name);
  if (existsSync(join(userHome(), "plugins", `resource-${name}-v${version}`))) return "installed";
  const { os, arch } = platform();
  const url = `${RELEASES}/plugins/pulumi-resource-${name}-v${version}-${os}-${arch.replace("x64", "amd64")}.tar.gz`;
  return (await reachable(url)) ? "downloadable" : "unreachable";
}

const cliUrl = (): string => {
  const { os, arch } = platform();
  return `${RELEASES}/sdk/pulumi-v${versions.pulumi}-${os}-${arch}.tar.gz`;
};

/** In the words of Pulumi's release files. */
const platform = () => ({ os: process.platform, arch: process.arch });

/** Whether a file can be downloaded. curl heeds the proxy and certificate settings that the engine heeds too. */
async function reachable(url: string): Promise<boolean> {
  try {
    const { code } = await attempt("curl", ["-fsSIL", "--max-time", String(REACH_LIMIT / 1000), url]);
    return code === 0;
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
