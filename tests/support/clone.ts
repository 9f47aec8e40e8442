import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../scripts/lib/paths";

/** What the CLI of a clone was called with. */
export interface Call {
  readonly args: readonly string[];
  readonly configFile: string;
  readonly folder: string;
}

const made: Clone[] = [];

/** Deletes the clones that were made so far; for `after`. */
export function removeClones(): void {
  for (const { root } of made.splice(0)) rmSync(root, { recursive: true, force: true });
}

/** A repository with the shell scripts alone, whose Pulumi CLI only writes down how it was called. */
export class Clone {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "it's a clone-")));
  readonly platform = join(this.root, ".platform");
  readonly home = join(this.root, "home");
  readonly #calls = join(this.root, "calls");

  constructor(mode?: "official" | "twin") {
    made.push(this);
    for (const file of ["scripts/env", "scripts/lib/command.sh", "scripts/lib/pulumi"])
      cpSync(join(ROOT, file), join(this.root, file));
    this.write("Pulumi.yaml", "name: platform\n");
    mkdirSync(this.home);
    if (mode !== undefined) this.write(".platform/choice.json", JSON.stringify({ mode }, null, 2));
    const cli = `#!/bin/sh\nprintf '%s\\n' "\${PULUMI_OPTION_CONFIG_FILE:-}" "$PWD" "$@" END >>"${this.#calls}"\nexit "\${FAIL_WITH:-0}"\n`;
    this.write(".platform/cli/pulumi", cli, 0o755);
  }

  write(file: string, text: string, mode = 0o644): void {
    mkdirSync(join(this.root, file, ".."), { recursive: true });
    writeFileSync(join(this.root, file), text, { mode });
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), "utf8");
  }

  /** Runs shell lines in the clone with nothing but `env` around them. */
  sh(lines: string, env: Readonly<Record<string, string>> = {}, shell = "sh") {
    const { status, stdout, stderr } = spawnSync(shell, ["-c", lines], {
      cwd: this.root,
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin", HOME: this.home, ...env },
    });
    return { status, stdout, stderr };
  }

  /** The variables of a shell after `eval "$(scripts/env)"`. */
  evaluated(env: Readonly<Record<string, string>> = {}, shell = "sh"): Record<string, string> {
    const { stdout } = this.sh('eval "$(scripts/env)"; env', env, shell);
    return Object.fromEntries(stdout.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2)));
  }

  /** How the CLI was called so far. */
  calls(): Call[] {
    const parts = readFileSync(this.#calls, "utf8").split("END\n").slice(0, -1);
    return parts.map((part) => {
      const [configFile = "", folder = "", ...args] = part.split("\n").slice(0, -1);
      return { configFile, folder, args };
    });
  }
}
