import { forgetEmptyAttributes } from "./file-backend";
import { paths } from "./paths";
import { platformEnvironment } from "./platform-environment";
import { run } from "./run";

/**
 * Makes a stack in the backend in use unless it is there. Its file `Pulumi.<stack>.yaml` stays as it is, and so does the choice of
 * the stack that commands without `--stack` mean.
 */
export async function ensureStack(stack: string): Promise<void> {
  if (!(await hasStack(stack)))
    await run("pulumi", ["stack", "init", stack, "--no-select", "--non-interactive"], await pulumiOptions());
}

/** Takes a stack's state away, whatever it holds: for when what it describes is gone. Its file stays as it is. */
export async function forgetStack(stack: string): Promise<void> {
  if (!(await hasStack(stack))) return;
  await run(
    "pulumi",
    ["stack", "rm", "--force", "--yes", "--preserve-config", "--stack", stack],
    await pulumiOptions(),
  );
}

/** Whether the backend in use has a stack. */
export async function hasStack(stack: string): Promise<boolean> {
  const options = await pulumiOptions();
  forgetEmptyAttributes(options.env);
  const listed: { name: string }[] = JSON.parse(await run("pulumi", ["stack", "ls", "--json"], options));
  return listed.some(({ name }) => name.split("/").pop() === stack);
}

async function pulumiOptions() {
  return { cwd: paths.root, env: await platformEnvironment() };
}
