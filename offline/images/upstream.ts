import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { IMAGES } from "../../images/catalog";
import { readJsonIfSound } from "../../scripts/lib/json-file";
import { paths } from "../../scripts/lib/paths";
import { attempt } from "../../scripts/lib/run";

/** Whether upstream's images stand in for those that are not the platform's own, and why. */
export interface Choice {
  readonly upstream: boolean;
  readonly why: string;
}

const FILE = join(paths.platform, "images-choice.json");
/** Seconds until a registry that says nothing counts as out of reach. */
const LIMIT = 3;
/** The host behind a name in references (https://docs.docker.com/reference/api/registry/latest/). */
const HOSTS: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/** The choice for this clone: that of `wanted`, the recorded one, or the outcome of a check that takes at most 3 seconds. */
export async function chooseSource(wanted?: "upstream" | "own" | "auto"): Promise<Choice> {
  const recorded = wanted === undefined ? readChoice() : undefined;
  if (recorded !== undefined) return recorded;
  const choice =
    wanted === "upstream" || wanted === "own"
      ? { upstream: wanted === "upstream", why: `--source ${wanted}` }
      : await checkRegistries();
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(choice, null, 2)}\n`);
  return choice;
}

/** The recorded choice; undefined where there is none yet, or half of one: it is then made anew. */
export function readChoice(): Choice | undefined {
  return readJsonIfSound(FILE);
}

async function checkRegistries(): Promise<Choice> {
  const registries = new Set(Object.values(IMAGES).flatMap(({ upstream }) => upstream?.split("/")[0] ?? []));
  const answers = await Promise.all([...registries].map(async (name) => ({ name, answers: await answersAt(name) })));
  const silent = answers.filter((registry) => !registry.answers).map(({ name }) => name);
  return silent.length === 0
    ? { upstream: true, why: `${[...registries].join(" and ")} can be reached` }
    : { upstream: false, why: `${silent.join(" and ")} cannot be reached` };
}

/** A registry answers its root with 200, or with 401 where it wants a token (distribution/distribution, docs/spec/api.md). */
async function answersAt(name: string): Promise<boolean> {
  const url = `https://${HOSTS[name] ?? name}/v2/`;
  const args = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", String(LIMIT), url];
  try {
    return ["200", "401"].includes((await attempt("curl", args)).stdout);
  } catch {
    return false; // no curl, so nothing is known
  }
}
