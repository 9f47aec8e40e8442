import { forgetEmptyAttributes } from "./file-backend";
import { paths } from "./paths";
import { run } from "./run";

/**
 * Makes a stack in the backend in use unless it is there. Its file `Pulumi.<stack>.yaml` stays as it is, and so does the choice of
 * the stack that commands without `--stack` mean. `env`, here and below: that of the CLI.
 */
export async function ensureStack(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (await hasStack(stack, env)) return;
  await pulumi(env, "stack", "init", stack, "--no-select", "--non-interactive");
}

/** Takes a stack's state away, whatever it holds: for when what it describes is gone. Its file stays as it is. */
export async function forgetStack(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (!(await hasStack(stack, env))) return;
  await pulumi(env, "stack", "rm", "--force", "--yes", "--preserve-config", "--stack", stack);
}

/** Whether the backend in use has a stack. One that a killed `pulumi` has made unreadable is mended first. */
export async function hasStack(stack: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  forgetEmptyAttributes(env);
  const listed: { name: string }[] = JSON.parse(await pulumi(env, "stack", "ls", "--json"));
  return listed.some(({ name }) => name.split("/").pop() === stack);
}

const pulumi = (env: NodeJS.ProcessEnv, ...args: string[]) => run("pulumi", args, { cwd: paths.root, env });
