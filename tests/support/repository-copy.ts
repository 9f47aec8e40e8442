import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { paths, ROOT } from "../../scripts/lib/paths";
import { attempt, type Finished } from "../../scripts/lib/run";

/** What a copy needs to work on the very stack and cluster that the repository works on. */
export const SAME_STACK = ["cluster.json", "kubeconfig", "state", "passphrase"];

export interface CopyOptions {
  /** The commit to copy. @default the files as they are now */
  readonly commit?: string;
  /** What of .platform it shares, besides the tools and their choice. */
  readonly shares: readonly string[];
}

/** A copy of the repository in a folder of its own, with the tools of this one, and its packages where they are the same. */
export class RepositoryCopy {
  readonly root = mkdtempSync(join(tmpdir(), "platform-copy-"));

  /** Throws where the commit is not in the clone, as in a shallow one. */
  constructor({ commit, shares }: CopyOptions) {
    if (commit === undefined) {
      copyFiles(this.root);
      symlinkSync(join(ROOT, "node_modules"), join(this.root, "node_modules"));
    } else copyCommit(this.root, commit); // its scripts install what its lock says
    const platform = join(this.root, ".platform");
    mkdirSync(join(platform, "bin"), { recursive: true });
    for (const name of ["choice.json", "tools.json", "cli", "pulumi", ...shares])
      symlinkSync(join(paths.platform, name), join(platform, name));
    cpSync(join(this.root, "scripts", "lib", "pulumi"), join(platform, "bin", "pulumi")); // finds its own repository
  }

  /** Replaces a text that stands exactly once in a file. */
  edit(file: string, before: string, after: string): void {
    const text = readFileSync(join(this.root, file), "utf8");
    if (text.split(before).length !== 2) throw new Error(`${file} does not hold "${before}" once`);
    writeFileSync(
      join(this.root, file),
      text.replace(before, () => after),
    );
  }

  /** Runs shell lines as a user would who has said `eval "$(scripts/env)"` in the copy. */
  shell(lines: string): Promise<Finished> {
    const theirs = Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_"));
    const env = { ...Object.fromEntries(theirs), PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
    return attempt("sh", ["-c", `eval "$(scripts/env)"\n${lines}`], { cwd: this.root, env });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function copyFiles(root: string): void {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: ROOT, encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name !== "" && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(ROOT, file), join(root, file));
  }
}

function copyCommit(root: string, commit: string): void {
  const archive = execFileSync("git", ["archive", commit], { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 });
  execFileSync("tar", ["-x"], { cwd: root, input: archive });
}
