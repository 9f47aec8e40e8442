import { mkdirSync, statfsSync } from "node:fs";
import { paths } from "../../scripts/lib/paths";

function freeMegabytes(folder: string): number {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1e6);
}

/** Throws where a folder, by default that of images, has fewer megabytes free; `what` begins the sentence. */
export function checkDisk(what: string, megabytes: number, folder: string = paths.imageCache): void {
  const free = freeMegabytes(folder);
  if (free >= megabytes) return;
  const elsewhere = folder === paths.imageCache ? ", or set PLATFORM_CACHE to a folder on a larger disk" : "";
  throw new Error(
    `${what} takes about ${megabytes} MB, but ${folder} has ${free} MB free. Free some space${elsewhere}.`,
  );
}

/** Below what the disk is called full, in MB. */
const FULL = 200;

/** What went wrong, in words for people. A program that fails on a full disk does not always say so. */
export function explained(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (freeMegabytes(paths.imageCache) >= FULL && !/no space left on device/i.test(message)) return message;
  return `${message}\nThe disk of ${paths.imageCache} is full. Free some space and run the same command again.`;
}
