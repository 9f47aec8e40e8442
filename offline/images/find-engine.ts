import { attempt } from "../../scripts/lib/run";
import { buildahEngine } from "./buildah";
import { dockerEngine } from "./docker";
import type { Engine } from "./engine";

/** Docker where its daemon answers, else buildah. */
export async function findEngine(): Promise<Engine> {
  return (await dockerAnswers()) ? dockerEngine() : buildahEngine();
}

async function dockerAnswers(): Promise<boolean> {
  try {
    return (await attempt("docker", ["info"], { timeout: 3_000 })).code === 0;
  } catch {
    return false;
  }
}
