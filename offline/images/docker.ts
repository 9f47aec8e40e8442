import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { attempt, run } from "../../scripts/lib/run";
import { archiveOf } from "./archive";
import type { Build, Engine } from "./engine";

/** Docker with its own store of images. Dockerfiles mount secrets, so BuildKit is needed. */
export function dockerEngine(): Engine {
  const docker = (args: readonly string[], log: string): Promise<string> =>
    run("docker", args, { log, env: { ...process.env, DOCKER_BUILDKIT: "1" } });

  const has = async (reference: string) => (await attempt("docker", ["image", "inspect", reference])).code === 0;

  return {
    name: "docker",
    has,
    hasBase: has,
    importBase: async (reference, tar, log) => void (await docker(["import", tar, reference], log)),
    async build({ reference, context, args, secrets, log }: Build) {
      const options = [
        ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
        ...Object.entries(secrets).flatMap(([id, file]) => ["--secret", `id=${id},src=${file}`]),
      ];
      await docker(["build", "--progress", "plain", ...options, "--tag", reference, context], log);
    },
    pull: async (reference, log) => void (await docker(["pull", "--quiet", reference], log)),
    async archive(reference, log) {
      const file = archiveOf(reference);
      if (existsSync(file)) return file;
      mkdirSync(dirname(file), { recursive: true });
      await docker(["save", "--output", `${file}.partial`, reference], log);
      renameSync(`${file}.partial`, file);
      return file;
    },
    async push(reference, target, log) {
      await docker(["tag", reference, target], log);
      await docker(["push", "--quiet", target], log);
    },
    tidy: async () => {},
  };
}
