import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { attempt, run } from "../../scripts/lib/run";
import versions from "../../versions.json";
import { type AptSources, sourcesFor } from "./apt-sources";
import { runContained } from "./contained";

/** The reference of the base that images are built on where Debian's own image cannot be had. */
export const BASE = `localhost/platform/debian:${versions.debian}`;

/** What a slim image does without, and no waiting for the disk, as in Debian's own (debuerreotype/debuerreotype, scripts/). */
const SLIM = `force-unsafe-io
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-include /usr/share/locale/locale.alias
`;
const EMPTIED = [
  "usr/share/doc",
  "usr/share/info",
  "usr/share/locale",
  "usr/share/man",
  "var/cache/apt",
  "var/lib/apt/lists",
  "var/log",
];
/** Packages with manual pages refuse to be installed where the pages' folders are missing. */
const KEPT = ["usr/share/man/man1", "usr/share/man/man5", "usr/share/man/man7", "usr/share/man/man8"];

/** Makes the base by debootstrap, as root, and answers the tar of its files. */
export async function bootstrapBase(log: string): Promise<string> {
  const tar = join(paths.imageCache, `debian-${versions.debian}.tar`);
  const folder = `${tar}.root`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const sources = hostSources();
  const mirror = sources === undefined ? [] : [sources.mirror];
  await runContained("debootstrap", ["--variant=minbase", versions.debian, folder, ...mirror], {
    log,
    env: { ...process.env, ...(await aptProxy()) },
  });
  slim(folder, sources);
  await run("tar", ["--numeric-owner", "--sort=name", "-cf", tar, "-C", folder, "."], { log });
  rmSync(folder, { recursive: true, force: true });
  return tar;
}

/** Variables that name the proxy of this machine's apt, for programs that do not read its settings. */
export async function aptProxy(): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await attempt("apt-config", ["shell", "PROXY", "Acquire::http::Proxy"]);
  const proxy = /^PROXY='(.*)'$/m.exec(stdout)?.[1];
  return proxy === undefined || proxy === "DIRECT" ? {} : { http_proxy: proxy };
}

function hostSources(): AptSources | undefined {
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  if (codename === undefined) return undefined;
  const parts = "/etc/apt/sources.list.d";
  const files = existsSync(parts) ? readdirSync(parts).map((file) => join(parts, file)) : [];
  const texts = ["/etc/apt/sources.list", ...files]
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .map((file) => readFileSync(file, "utf8"));
  return sourcesFor(versions.debian, codename, texts);
}

function slim(folder: string, sources: AptSources | undefined): void {
  writeFileSync(join(folder, "etc/dpkg/dpkg.cfg.d/slim"), SLIM);
  writeFileSync(
    join(folder, "etc/apt/apt.conf.d/slim"),
    'Acquire::Languages "none";\nAPT::Install-Recommends "false";\n',
  );
  if (sources !== undefined) writeFileSync(join(folder, "etc/apt/sources.list"), sources.list);
  for (const path of EMPTIED) {
    rmSync(join(folder, path), { recursive: true, force: true });
    mkdirSync(join(folder, path), { recursive: true });
  }
  for (const path of KEPT) mkdirSync(join(folder, path), { recursive: true });
}
