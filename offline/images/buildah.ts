import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";
import { archiveOf } from "./archive";
import { aptProxy } from "./base";
import { runContained } from "./contained";
import type { Build, Engine } from "./engine";

/** OVERLAYFS_SUPER_MAGIC of Linux, include/uapi/linux/magic.h. */
const OVERLAYFS = 0x794c7630;
/** Log of what is done for no single image. */
const LOG = join(paths.log, "images.log");
/** What Debian's own image sets; a base without it has no search path. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** buildah with a store of its own in the cache, so that nothing of this machine's is touched. Needs root. */
export function buildahEngine(): Engine {
  const store = join(paths.imageCache, "storage");
  const temporary = join(paths.imageCache, "tmp");
  // State that must not outlive a reboot; one for each cache.
  const runRoot = `/run/platform-images-${createHash("sha256").update(store).digest("hex").slice(0, 6)}`;

  async function buildah(args: readonly string[], log: string): Promise<string> {
    if (process.getuid?.() !== 0)
      throw new Error("Images are built by buildah here, which needs root. Run it as root, or start a Docker daemon.");
    mkdirSync(store, { recursive: true });
    mkdirSync(temporary, { recursive: true });
    const storage = ["--root", store, "--runroot", runRoot, "--storage-driver", storageDriver(store)];
    return runContained("buildah", [...storage, ...args], {
      log,
      env: { ...process.env, ...(await aptProxy()), TMPDIR: temporary },
    });
  }

  async function save(reference: string, log: string): Promise<string> {
    const file = archiveOf(reference);
    const partial = `${file}.partial`;
    rmSync(partial, { force: true });
    await buildah(["push", "--quiet", reference, `docker-archive:${partial}:${reference}`], log);
    renameSync(partial, file);
    return file;
  }

  return {
    name: "buildah",
    has: async (reference) => existsSync(archiveOf(reference)),
    async hasBase(reference) {
      const names = await buildah(["images", "--noheading", "--format", "{{.Name}}:{{.Tag}}"], LOG);
      return names.split("\n").includes(reference);
    },
    async importBase(reference, tar, log) {
      const container = (await buildah(["from", "scratch"], log)).trim();
      await buildah(["add", "--quiet", container, tar, "/"], log);
      await buildah(["config", "--env", `PATH=${PATH}`, "--cmd", "bash", container], log);
      await buildah(["commit", "--quiet", "--rm", container, reference], log);
    },
    async build({ reference, context, args, secrets, log }: Build) {
      const options = [
        ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
        ...Object.entries(secrets).flatMap(([id, file]) => ["--secret", `id=${id},src=${file}`]),
      ];
      const isolated = ["bud", "--layers", "--isolation", "chroot", "--network", "host"];
      await buildah([...isolated, ...options, "--tag", reference, context], log);
      await save(reference, log);
    },
    async pull(reference, log) {
      await buildah(["pull", "--quiet", reference], log);
      await save(reference, log);
    },
    archive: async (reference, log) => (existsSync(archiveOf(reference)) ? archiveOf(reference) : save(reference, log)),
    async push(reference, target, log) {
      await buildah(["push", "--quiet", `docker-archive:${archiveOf(reference)}`, `docker://${target}`], log);
    },
    async tidy() {
      rmSync(temporary, { recursive: true, force: true });
      if (existsSync(store)) await buildah(["rm", "--all"], LOG);
    },
  };
}

/** overlay keeps only what a step changed; vfs copies all files at each step, but works on top of another overlay as well. */
function storageDriver(store: string): "overlay" | "vfs" {
  return statfsSync(store).type === OVERLAYFS ? "vfs" : "overlay";
}
