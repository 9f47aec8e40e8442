import { type RunOptions, run } from "../../scripts/lib/run";

/**
 * Runs a program as root so that nothing of it outlives this process, even where that is killed: its children are in a process
 * namespace that ends with it, its mounts in a mount namespace. Answers its standard output.
 */
export function runContained(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const withParent = ["--pdeathsig", "KILL"];
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  return run("setpriv", [...withParent, "unshare", ...namespaces, command, ...args], options);
}
