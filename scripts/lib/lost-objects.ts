import { kubectlOfDev } from "./kubectl";
import { paths } from "./paths";
import { STACK_LABEL } from "./recover";
import { run } from "./run";

/**
 * Puts right a state and a cluster of which one is lost. Where the cluster has none of the namespaces that the state speaks of (it was
 * made anew, or the folder of the clone was moved), takes what is gone out of the state by a refresh, so that the next update makes it
 * again; passwords and keys stay. Throws where the cluster has them and the state has none: nothing can be made beside them.
 */
export async function forgetLostObjects(stack: string, env: NodeJS.ProcessEnv, say: (line: string) => void) {
  const options = { env, cwd: paths.root };
  const kubectl = await kubectlOfDev();
  const labelled = ["get", "namespaces", "--selector", `${STACK_LABEL}=${stack}`, "--output", "name"];
  const [exported, found] = await Promise.all([
    run("pulumi", ["stack", "export", "--stack", stack], options),
    kubectl(labelled),
  ]);
  const resources: readonly { type: string }[] = JSON.parse(exported).deployment.resources ?? [];
  const known = resources.some(({ type }) => type === "kubernetes:core/v1:Namespace");
  if (!known && found !== "")
    throw new Error(
      `The cluster holds a platform of the stack "${stack}" whose state is gone. Put the state back, or begin anew, without its data: ` +
        "make down PURGE=1 (in a cluster of your own: kubectl delete namespaces " +
        `--selector ${STACK_LABEL}=${stack}), then make up.`,
    );
  if (!known || found !== "") return;
  say(`the cluster has nothing of the stack "${stack}", which is in the state: taking what is gone out of the state`);
  await run("pulumi", ["refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", stack], options);
}
