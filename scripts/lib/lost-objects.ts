import { type Kubectl, kubectlOfDev } from "./kubectl";
import { paths } from "./paths";
import { STACK_LABEL } from "./recover";
import { run } from "./run";

/** A resource of the state, as far as it is used here. */
interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** Of an object of Kubernetes: `namespace/name`. */
  readonly id?: string;
}

/** The one object of a stack that holds data and is made again only where the state has forgotten it. */
const SERVER = "kubernetes:postgresql.cnpg.io/v1:Cluster";

/**
 * Puts right a state and a cluster of which one is lost. Takes what is gone out of the state by a refresh, so that the next update makes
 * it again; passwords and keys stay. Gone is everything where the cluster has none of the namespaces that the state speaks of (it was
 * made anew, or the folder of the clone was moved), and else a server of PostgreSQL that is not there. Throws where the cluster has
 * namespaces and the state has none: nothing can be made beside them; and where a server has lost its volume.
 */
export async function forgetLostObjects(stack: string, env: NodeJS.ProcessEnv, say: (line: string) => void) {
  const options = { env, cwd: paths.root };
  const kubectl = await kubectlOfDev();
  const labelled = ["get", "namespaces", "--selector", `${STACK_LABEL}=${stack}`, "--output", "name"];
  const [exported, found] = await Promise.all([
    run("pulumi", ["stack", "export", "--stack", stack], options),
    kubectl(labelled),
  ]);
  const resources: readonly StateResource[] = JSON.parse(exported).deployment.resources ?? [];
  const known = resources.some(({ type }) => type === "kubernetes:core/v1:Namespace");
  if (!known && found !== "")
    throw new Error(
      `The cluster holds a platform of the stack "${stack}" whose state is gone. Put the state back, or begin anew, without its data: ` +
        "make down PURGE=1 (in a cluster of your own: kubectl delete namespaces " +
        `--selector ${STACK_LABEL}=${stack}), then make up.`,
    );
  if (!known) return;
  const refresh = (...targets: string[]) =>
    run("pulumi", ["refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", stack, ...targets], options);
  if (found === "") {
    say(`the cluster has nothing of the stack "${stack}", which is in the state: taking what is gone out of the state`);
    await refresh();
    return;
  }
  const gone = await goneServers(kubectl, resources);
  if (gone.length === 0) return;
  say("PostgreSQL's server is gone from the cluster: taking it out of the state, so that it is made again, empty");
  await refresh(...gone.flatMap((urn) => ["--target", urn]));
}

/** URNs of servers of PostgreSQL that are not in the cluster. */
async function goneServers(kubectl: Kubectl, resources: readonly StateResource[]): Promise<string[]> {
  const gone: string[] = [];
  for (const { urn, type, id = "" } of resources) {
    if (type !== SERVER) continue;
    const [namespace = "", name = ""] = id.split("/");
    const found = ["get", "clusters.postgresql.cnpg.io", name, "--namespace", namespace, "--ignore-not-found"];
    const phase = await kubectl([...found, "--output=jsonpath={.metadata.name}: {.status.phase}"]);
    if (phase === "") gone.push(urn);
    if (/unrecoverable/i.test(phase))
      throw new Error(
        "PostgreSQL has lost its volume, and with it all databases. Make it anew from the newest backups: scripts/restore --yes --anew",
      );
  }
  return gone;
}
