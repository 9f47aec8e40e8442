import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { paths, ROOT } from "../../scripts/lib/paths";
import { attempt, type Finished } from "../../scripts/lib/run";

/** What the repository of today lends: its tools and plugins, its cluster, its backend with the passphrase. */
const LENT = ["choice.json", "tools.json", "cli", "pulumi", "cluster.json", "kubeconfig", "state", "passphrase"];

/** The repository as an earlier commit has it, which works on the same stack and the same cluster as this one. */
export class Predecessor {
  readonly root = mkdtempSync(join(tmpdir(), "platform-before-"));

  /** Throws where the commit is not in the clone, as in a shallow one. */
  constructor(commit: string) {
    const archive = execFileSync("git", ["archive", commit], { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 });
    execFileSync("tar", ["-x"], { cwd: this.root, input: archive });
    symlinkSync(join(ROOT, "node_modules"), join(this.root, "node_modules"));
    const platform = join(this.root, ".platform");
    mkdirSync(join(platform, "bin"), { recursive: true });
    for (const name of LENT) symlinkSync(join(paths.platform, name), join(platform, name));
    cpSync(join(this.root, "scripts", "lib", "pulumi"), join(platform, "bin", "pulumi")); // finds its own repository
  }

  /** Runs shell lines as a user would who has said `eval "$(scripts/env)"` in it. */
  shell(lines: string): Promise<Finished> {
    const theirs = Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_"));
    const env = { ...Object.fromEntries(theirs), PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
    return attempt("sh", ["-c", `set -e\neval "$(scripts/env)"\n${lines}`], { cwd: this.root, env });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
