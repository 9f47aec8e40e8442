import { paths } from "./paths";
import { platformEnvironment } from "./platform-environment";
import { run } from "./run";

/** Makes a stack in the backend in use unless it is there; its file `Pulumi.<stack>.yaml` stays as it is. */
export async function ensureStack(stack: string): Promise<void> {
  const options = { cwd: paths.root, env: await platformEnvironment() };
  const listed: { name: string }[] = JSON.parse(await run("pulumi", ["stack", "ls", "--json"], options));
  if (listed.some(({ name }) => name.split("/").pop() === stack)) return;
  await run("pulumi", ["stack", "init", stack, "--non-interactive"], options);
}
