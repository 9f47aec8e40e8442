import { join } from "node:path";
import { paths } from "./paths";
import { attempt, type Finished } from "./run";
import { sdkSettings } from "./stack-file";

/** Runs the dev stack's program on mocks, with settings by their whole keys. Nothing outside of the process is touched. */
export function startProgram(config: Readonly<Record<string, unknown>>): Promise<Finished> {
  return startOf("program", JSON.stringify(sdkSettings(config)));
}

/** Loads the packages that the program uses, and nothing else. */
export const startPackages = (): Promise<Finished> => startOf();

function startOf(...args: string[]): Promise<Finished> {
  return attempt(process.execPath, [join(paths.root, "scripts", "lib", "program-on-mocks.cjs"), ...args], {
    cwd: paths.root,
  });
}
