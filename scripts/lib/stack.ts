import { forgetEmptyAttributes } from "./file-backend";
import { paths } from "./paths";
import { platformEnvironment } from "./platform-environment";
import { run } from "./run";

/**
 * Makes a stack in the backend in use unless it is there. Its file `Pulumi.<stack>.yaml` stays as it is, and so does the choice of
 * the stack that commands without `--stack` mean.
 */
export async function ensureStack(stack: string): Promise<void> {
  const options = await pulumiOptions();
  forgetEmptyAttributes(options.env);
  if (!(await isThere(stack, options)))
    await run("pulumi", ["stack", "init", stack, "--no-select", "--non-interactive"], options);
}

/** Takes a stack's state away, whatever it holds: for when what it describes is gone. Its file stays as it is. */
export async function forgetStack(stack: string): Promise<void> {
  const options = await pulumiOptions();
  forgetEmptyAttributes(options.env);
  if (!(await isThere(stack, options))) return;
  await run("pulumi", ["stack", "rm", "--force", "--yes", "--preserve-config", "--stack", stack], options);
}

async function pulumiOptions() {
  return { cwd: paths.root, env: await platformEnvironment() };
}

async function isThere(stack: string, options: Awaited<ReturnType<typeof pulumiOptions>>): Promise<boolean> {
  const listed: { name: string }[] = JSON.parse(await run("pulumi", ["stack", "ls", "--json"], options));
  return listed.some(({ name }) => name.split("/").pop() === stack);
}
