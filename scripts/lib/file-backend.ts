import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readJson } from "./json-file";
import type { Lock } from "./recover";

/** A lock of Pulumi's and the file that is it. */
export interface LockFile extends Lock {
  readonly file: string;
}

/** The locks of a stack in a file backend; none where the backend is another one. Throws where one cannot be read, naming its file. */
export function readLocks(stack: string, env: NodeJS.ProcessEnv): LockFile[] {
  return filesOf(env, "locks", "organization", "platform", stack)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => {
      const lock = readJson<Lock>(
        file,
        "A crash has left half a lock of pulumi's: delete it, and run the same command again.",
      );
      return lock === undefined ? [] : [{ file, ...lock }];
    });
}

/** Takes locks away as `pulumi cancel` does, which needs a stack that can be read. */
export function removeLocks(locks: readonly LockFile[]): void {
  for (const { file } of locks) for (const name of [file, `${file}.attrs`]) rmSync(name, { force: true });
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
