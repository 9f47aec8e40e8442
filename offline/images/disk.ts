import { mkdirSync, statfsSync } from "node:fs";
import { paths } from "../../scripts/lib/paths";

/** Megabytes that are free where images are kept. */
export function freeMegabytes(): number {
  mkdirSync(paths.imageCache, { recursive: true });
  const { bavail, bsize } = statfsSync(paths.imageCache);
  return Math.floor((bavail * bsize) / 1e6);
}

/** Throws where there are fewer megabytes; `what` begins the sentence. */
export function checkDisk(what: string, megabytes: number): void {
  const free = freeMegabytes();
  if (free < megabytes)
    throw new Error(
      `${what} takes about ${megabytes} MB, but ${paths.imageCache} has ${free} MB free. ` +
        "Free some space, or set PLATFORM_CACHE to a folder on a larger disk.",
    );
}

/** Below what the disk is called full, in MB. */
const FULL = 200;

/** What went wrong, in words for people. A program that fails on a full disk does not always say so. */
export function explained(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (freeMegabytes() >= FULL && !/no space left on device/i.test(message)) return message;
  return `${message}\nThe disk of ${paths.imageCache} is full. Free some space and run the same command again.`;
}
