import { join } from "node:path";
import { Progress } from "../../scripts/lib/progress";
import { build, isBuilt, locate } from "./build";
import { groupOf } from "./groups";

/**
 * Absolute path of a program of offline/go, built first where it is missing. Where another process is building it, that
 * is awaited, so commands that run side by side may all ask.
 */
export async function ensureTool(program: string): Promise<string> {
  const [located] = await locate([groupOf(program)]);
  if (located === undefined) throw new Error(`"${program}" belongs to no group.`);
  if (!isBuilt(located)) await build([located], new Progress("tools", 1));
  return join(located.folder, program);
}
