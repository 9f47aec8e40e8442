import { dirname } from "node:path";
import { paths } from "./paths";
import { attempt } from "./run";

/**
 * The environment that `eval "$(scripts/env)"` gives a shell, for programs that a command starts, with the Node.js of this
 * process first on PATH. Throws where that refuses a backend, in its words.
 */
export async function platformEnvironment(): Promise<NodeJS.ProcessEnv> {
  const { code, stdout, stderr } = await attempt("sh", ["-c", 'eval "$("$0/scripts/env")" && env -0', paths.root]);
  if (code !== 0) throw new Error(stderr.trim());
  const env = Object.fromEntries(
    stdout
      .split("\0")
      .filter((entry) => entry.includes("="))
      .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
  return { ...env, PATH: `${dirname(process.execPath)}:${env["PATH"] ?? ""}` };
}
