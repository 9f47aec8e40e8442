import { kubectlOfDev } from "./kubectl";
import { paths } from "./paths";
import { STACK_LABEL } from "./recover";
import { run } from "./run";

/**
 * Where the cluster has none of the namespaces that a stack's state speaks of (it was made anew, or the folder of the clone was moved),
 * takes what is gone out of the state by a refresh, so that the next update makes it again. Passwords and keys stay.
 */
export async function forgetLostObjects(stack: string, env: NodeJS.ProcessEnv, say: (line: string) => void) {
  const kubectl = await kubectlOfDev();
  if ((await kubectl(["get", "namespaces", "--selector", `${STACK_LABEL}=${stack}`, "--output", "name"])) !== "")
    return;
  const options = { env, cwd: paths.root };
  const exported = JSON.parse(await run("pulumi", ["stack", "export", "--stack", stack], options));
  const resources: readonly { type: string }[] = exported.deployment.resources ?? [];
  if (!resources.some(({ type }) => type === "kubernetes:core/v1:Namespace")) return;
  say(`the cluster has nothing of the stack "${stack}", which is in the state: taking what is gone out of the state`);
  await run("pulumi", ["refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", stack], options);
}
