import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { IMAGES, type ImageName } from "../../images/catalog";
import { readJsonIfSound } from "../../scripts/lib/json-file";
import { withLock } from "../../scripts/lib/lock";
import { paths } from "../../scripts/lib/paths";
import { Progress } from "../../scripts/lib/progress";
import { ensureTool } from "../tools/ensure";
import { removeOutdated } from "./archive";
import { BASE, bootstrapBase } from "./base";
import { type Secrets, withClientSettings } from "./client-settings";
import { checkDisk, explained } from "./disk";
import type { Engine } from "./engine";
import { findEngine } from "./find-engine";
import { contextOf, currentReference } from "./inputs";
import { limited } from "./limited";
import { chooseSource } from "./upstream";

/** References by name. */
export type References = Readonly<Partial<Record<ImageName, string>>>;

export interface BuildOptions {
  /** Decide anew where the images come from that are not our own. @default the recorded choice, else `auto` */
  readonly source?: "upstream" | "own" | "auto";
  /** Fetch upstream's images too, for a cluster that cannot. @default false */
  readonly fetch?: boolean;
}

/** Builds that run side by side: each waits for the network about as long as it computes. */
const PARALLEL = 2;
/** Disk in MB: what the base and two builds take at once, what each image adds (measured, rounded up). */
const DISK = { base: 1500, image: 800 };

/** Makes sure that images are there and records their references. Costs a second and asks no registry where they are. */
export async function buildImages(names: readonly ImageName[], options: BuildOptions = {}): Promise<References> {
  const engine = await findEngine();
  const { upstream } = await chooseSource(options.source);
  const wanted = names.map((name) => {
    const foreign = upstream ? IMAGES[name].upstream : undefined;
    return { name, reference: foreign ?? currentReference(name), foreign: foreign !== undefined };
  });
  const missing = async () => {
    const ours = wanted.filter(({ foreign }) => options.fetch === true || !foreign);
    const there = await Promise.all(ours.map(({ reference }) => engine.has(reference)));
    return ours.filter((_, index) => !there[index]);
  };
  if ((await missing()).length > 0) {
    const lock = join(paths.imageCache, "build.lock");
    const wait = (who: string) => console.error(`images: waiting for ${who}, which builds images`);
    await withLock(lock, wait, async () => makeAll(engine, await missing(), upstream));
  }
  const references: References = Object.fromEntries(wanted.map(({ name, reference }) => [name, reference]));
  recordReferences(references);
  return references;
}

/** The recorded references, of images that were made and published; none where the record is damaged, which a build mends. */
export function recordedReferences(): References {
  return readJsonIfSound(paths.imagesFile) ?? {};
}

/** Adds to the recorded references, or replaces them. */
export function recordReferences(references: References): void {
  const text = `${JSON.stringify({ ...recordedReferences(), ...references }, null, 2)}\n`;
  if (existsSync(paths.imagesFile) && readFileSync(paths.imagesFile, "utf8") === text) return;
  mkdirSync(dirname(paths.imagesFile), { recursive: true });
  writeFileSync(`${paths.imagesFile}.${process.pid}`, text);
  renameSync(`${paths.imagesFile}.${process.pid}`, paths.imagesFile);
}

export const logOf = (name: string): string => join(paths.log, `image-${name}.log`);

interface Wanted {
  readonly name: ImageName;
  readonly reference: string;
  readonly foreign: boolean;
}

async function makeAll(engine: Engine, wanted: readonly Wanted[], upstream: boolean): Promise<void> {
  if (wanted.length === 0) return; // somebody else has just made them
  checkDisk(`Building ${wanted.map(({ name }) => name).join(", ")}`, DISK.base + wanted.length * DISK.image);
  await engine.tidy();
  // Where registries can be reached, the Dockerfiles' own base is taken from there.
  const ownBase = !upstream && wanted.some(({ name }) => needsBase(name)) && !(await engine.hasBase(BASE));
  const progress = new Progress("images", wanted.length + (ownBase ? 1 : 0));
  const base = ownBase ? progress.step("base", () => makeBase(engine)) : Promise.resolve();
  base.catch(() => {}); // reported by those who wait for it
  const programs = buildPrograms(wanted);
  const turn = limited(PARALLEL);
  await withClientSettings(async (secrets) => {
    const results = await Promise.allSettled(
      wanted.map(async (image) => {
        if (!image.foreign && needsBase(image.name)) await base;
        const program = image.foreign ? undefined : await programs.get(image.name);
        const args = upstream ? {} : { BASE };
        await turn(() => progress.step(image.name, () => make(engine, image, { program, args, secrets })));
      }),
    );
    const failed = new Set(results.flatMap((result) => (result.status === "rejected" ? [result.reason] : [])));
    if (failed.size > 0) throw new Error([...failed].map(explained).join("\n"));
  });
}

async function makeBase(engine: Engine): Promise<void> {
  const log = logOf("base");
  const tar = await bootstrapBase(log);
  await engine.importBase(BASE, tar, log);
  rmSync(tar);
}

/** Builds the programs that images hold, one after the other: a Go build alone keeps all cores busy. */
function buildPrograms(wanted: readonly Wanted[]): ReadonlyMap<ImageName, Promise<string>> {
  let before: Promise<unknown> = Promise.resolve();
  return new Map(
    wanted.flatMap(({ name, foreign }) => {
      const { program } = IMAGES[name];
      if (program === undefined || foreign) return [];
      const path = before.then(() => ensureTool(program));
      before = path.catch(() => {});
      return [[name, path] as const];
    }),
  );
}

interface Ingredients {
  readonly program: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  readonly secrets: Secrets;
}

async function make(engine: Engine, { name, reference, foreign }: Wanted, { program, args, secrets }: Ingredients) {
  const log = logOf(name);
  if (foreign) return pull(engine, reference, log);
  const context = join(paths.imageCache, "context", name);
  rmSync(context, { recursive: true, force: true });
  for (const { file, target } of contextOf(name)) {
    mkdirSync(dirname(join(context, target)), { recursive: true });
    writeFileSync(join(context, target), file.content, { mode: file.executable ? 0o755 : 0o644 });
  }
  const { program: programName } = IMAGES[name];
  if (program !== undefined && programName !== undefined) copyFileSync(program, join(context, programName));
  await engine.build({ reference, context, args: { ...IMAGES[name].args, ...args }, secrets, log });
  removeOutdated(name);
  rmSync(context, { recursive: true, force: true });
}

async function pull(engine: Engine, reference: string, log: string): Promise<void> {
  try {
    await engine.pull(reference, log);
  } catch (error) {
    throw new Error(`${explained(error)}\nTo build it here instead: scripts/images build --source own`);
  }
}

const needsBase = (name: ImageName): boolean =>
  contextOf(name).some(({ file, target }) => target === "Dockerfile" && file.content.includes("ARG BASE="));
