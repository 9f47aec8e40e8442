import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../../scripts/lib/paths";
import { attempt, type Finished } from "../../scripts/lib/run";

/** What set-up left in .platform that a copy may share, because nothing writes to it. */
const SHARED = ["choice.json", "tools.json", "images.json", "operators", "cli", "pulumi"];

/** A copy of the repository as it is now, committed, with a backend of its own and the tools of this one; to edit and preview. */
export class WorkingCopy {
  readonly root = mkdtempSync(join(tmpdir(), "platform-copy-"));

  constructor() {
    const files = this.#git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"], ROOT).split("\0");
    for (const file of files.filter((name) => name !== "" && existsSync(join(ROOT, name)))) {
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      cpSync(join(ROOT, file), join(this.root, file));
    }
    this.#git(["init", "--quiet"]);
    this.#git(["add", "--all"]);
    const author = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
    this.#git([...author, "commit", "--quiet", "--message", "as it was"]);
    symlinkSync(join(ROOT, "node_modules"), join(this.root, "node_modules"));
    const platform = join(this.root, ".platform");
    mkdirSync(join(platform, "bin"), { recursive: true });
    for (const name of SHARED) symlinkSync(join(ROOT, ".platform", name), join(platform, name));
    cpSync(join(ROOT, ".platform", "bin", "pulumi"), join(platform, "bin", "pulumi")); // finds its own repository
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

  /** What `git status` has to say; empty where nothing was changed. */
  status(): string {
    return this.#git(["status", "--porcelain"]);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #git(args: readonly string[], cwd: string = this.root): string {
    return execFileSync("git", args, { cwd, encoding: "utf8" });
  }
}
