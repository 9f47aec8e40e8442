import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Lock } from "./recover";

/** The locks of a stack in a file backend; none where the backend is another one. */
export function readLocks(stack: string, env: NodeJS.ProcessEnv): Lock[] {
  return filesOf(env, "locks", "organization", "platform", stack)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(file, "utf8")));
}

/**
 * A file backend writes attributes beside each of its files, and not in one step: those that a killed `pulumi` left empty make a stack
 * unreadable ("failed to load checkpoint: EOF"). Without them it is as it was. The backend of scripts/env has none.
 */
export function forgetEmptyAttributes(env: NodeJS.ProcessEnv): void {
  for (const file of filesOf(env, "stacks", "platform"))
    if (file.endsWith(".attrs") && statSync(file).size === 0) rmSync(file);
}

/** The files in a folder of a file backend; none where the backend is another one. */
function filesOf(env: NodeJS.ProcessEnv, ...folder: readonly string[]): string[] {
  const backend = env["PULUMI_BACKEND_URL"] ?? "";
  if (!backend.startsWith("file://")) return [];
  const path = join(fileURLToPath(backend), ".pulumi", ...folder);
  return existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : [];
}
