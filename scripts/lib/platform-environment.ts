import { dirname } from "node:path";
import { paths } from "./paths";
import { run } from "./run";

/**
 * The environment that `eval "$(scripts/env)"` gives a shell, for programs that a command starts, with the Node.js of this
 * process first on PATH.
 */
export async function platformEnvironment(): Promise<NodeJS.ProcessEnv> {
  const text = await run("sh", ["-c", 'eval "$("$0/scripts/env")" && env -0', paths.root]);
  const env = Object.fromEntries(
    text
      .split("\0")
      .filter((entry) => entry.includes("="))
      .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
  return { ...env, PATH: `${dirname(process.execPath)}:${env["PATH"] ?? ""}` };
}
