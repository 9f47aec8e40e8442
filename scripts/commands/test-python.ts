import { join } from "node:path";
import { command, refuseUnknown } from "../lib/command-line";
import { paths } from "../lib/paths";
import { ensureVenv } from "../lib/python";
import { passThrough } from "../lib/run";

const HELP = `Usage: scripts/test-python [checks|units]...

Tests pipelines/ and the programs of components/ and images/ with a Python of its own under .platform/, which is made where it is missing.

  checks   format and lint (ruff)
  units    tests (pytest)

Without an argument: both.
`;

/** What is checked, seen from pipelines/. */
const SOURCES = [".", "../components", "../images", "../tests/components", "../tests/images"];

const PARTS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  checks: [
    ["ruff", "format", "--check", ...SOURCES],
    ["ruff", "check", ...SOURCES],
  ],
  units: [["pytest"], ["pytest", "-q", "-p", "no:cacheprovider", "../tests/components", "../tests/images"]],
};

export const main = command({ name: "test-python", help: HELP, positionals: true }, async (_, parts) => {
  refuseUnknown("part", parts, Object.keys(PARTS));
  const python = await ensureVenv();
  const cwd = join(paths.root, "pipelines");
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  for (const part of parts.length === 0 ? Object.keys(PARTS) : parts)
    for (const module of PARTS[part] ?? []) {
      const code = await passThrough(python, ["-m", ...module], { cwd, env });
      if (code !== 0) return 1;
    }
  return 0;
});
