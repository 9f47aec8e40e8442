import { readFileSync } from "node:fs";

/**
 * What a JSON file of set-up's holds; undefined where it is not there. Throws with the file and `mend`, a sentence for people, where
 * it cannot be read: a full disk or a crash leaves half a file.
 */
export function readJson<T>(file: string, mend: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${file} cannot be read (${(error as Error).message}). ${mend}`);
  }
}

/** The same for what the next run writes anew: undefined too where the file cannot be read. */
export function readJsonIfSound<T>(file: string): T | undefined {
  try {
    return readJson<T>(file, "");
  } catch {
    return undefined;
  }
}
