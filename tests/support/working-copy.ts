import { execFileSync } from "node:child_process";
import { RepositoryCopy } from "./repository-copy";

/** A copy of the repository as it is now, committed, with a backend of its own and the tools of this one; to edit and preview. */
export class WorkingCopy extends RepositoryCopy {
  constructor() {
    super({ shares: ["images.json", "operators"] });
    this.#git("init", "--quiet");
    this.#git("add", "--all");
    const author = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
    this.#git(...author, "commit", "--quiet", "--message", "as it was");
  }

  /** What `git status` has to say; empty where nothing was changed. */
  status(): string {
    return this.#git("status", "--porcelain");
  }

  #git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.root, encoding: "utf8" });
  }
}
