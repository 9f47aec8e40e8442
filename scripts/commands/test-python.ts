import { join } from "node:path";
import { parseArgs } from "node:util";
import { paths } from "../lib/paths";
import { ensureVenv } from "../lib/python";
import { passThrough } from "../lib/run";

const HELP = `Usage: scripts/test-python [checks|units]...

Tests pipelines/ and the scripts of images/ with a Python of its own under .platform/, which is made where it is missing.

  checks   format and lint (ruff)
  units    tests (pytest)

Without an argument: both.
`;

/** What is checked, seen from pipelines/. */
const SOURCES = [".", "../images", "../tests/images"];

const PARTS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  checks: [
    ["ruff", "format", "--check", ...SOURCES],
    ["ruff", "check", ...SOURCES],
  ],
  units: [["pytest"], ["pytest", "-q", "-p", "no:cacheprovider", "../tests/images"]],
};

export async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h", default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const unknown = positionals.filter((part) => !(part in PARTS));
  if (unknown.length > 0) {
    console.error(`test-python: there is no part ${unknown.join(", ")}. Parts: ${Object.keys(PARTS).join(", ")}.`);
    return 2;
  }
  const python = await ensureVenv();
  const cwd = join(paths.root, "pipelines");
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  for (const part of positionals.length === 0 ? Object.keys(PARTS) : positionals)
    for (const module of PARTS[part] ?? []) {
      const code = await passThrough(python, ["-m", ...module], { cwd, env });
      if (code !== 0) return 1;
    }
  return 0;
}
