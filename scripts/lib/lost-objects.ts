import { goneObjects } from "./gone-objects";
import { type Kubectl, kubectlOfDev } from "./kubectl";
import { paths } from "./paths";
import { STACK_LABEL } from "./recover";
import { outlasting, run } from "./run";
import { scaledAway } from "./scaled-away";
import { shownBackend } from "./shown-url";
import { type StateResource, stateOf } from "./stack-state";

/** The one object of a stack that holds data, and is made again only where the state has forgotten it. */
const SERVER = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const SERVERS = "clusters.postgresql.cnpg.io";
/** The phase of a server of which nothing is amiss: cloudnative-pg/cloudnative-pg, api/v1/cluster_types.go. */
const HEALTHY = "Cluster in healthy state";
const NAMESPACES = "custom-columns=NAME:.metadata.name,PHASE:.status.phase";
const MADE_BY_SERVERS = "databaseroles.postgresql.cnpg.io,databases.postgresql.cnpg.io";
const APPLIED_SECONDS = 300;

/**
 * Puts right a state and a cluster of which one is lost. Where the cluster has none of the namespaces that the state speaks of (it was
 * made anew, or the folder of the clone was moved), takes what is gone out of the state by a refresh, so that the next update makes it
 * again; passwords and keys stay. Does the same with single objects that are gone, as by `kubectl delete`: an update without a refresh
 * does not miss them. Throws where the cluster has namespaces of the stack and the state has none: nothing can be made beside them; and
 * where PostgreSQL's server or its volume is lost: an update would make jobs and services meet databases without tables; and where
 * something was scaled to nothing, unless what was changed by hand is put back anyway (`force`).
 */
export async function forgetLostObjects(
  stack: string,
  { env, force, say }: { env: NodeJS.ProcessEnv; force: boolean; say: (line: string) => void },
): Promise<void> {
  const kubectl = await kubectlOfDev();
  const labelled = [
    "get",
    "namespaces",
    "--selector",
    `${STACK_LABEL}=${stack}`,
    "--no-headers",
    "--output",
    NAMESPACES,
  ];
  const [{ resources }, found] = await Promise.all([stateOf(stack, env), kubectl(labelled)]);
  const known = resources.some(({ type }) => type === "kubernetes:core/v1:Namespace");
  if (!known && found !== "") {
    const backend = shownBackend(env);
    throw new Error(
      `The cluster holds a platform of the stack "${stack}", of which ${backend} knows nothing. ${
        backend === `file://${paths.state}`
          ? "Put the state back, or begin anew, without its data: make down PURGE=1 (in a cluster of your own: kubectl delete namespaces " +
            `--selector ${STACK_LABEL}=${stack}), then make up.`
          : "Its state is elsewhere: name the right backend by PULUMI_BACKEND_URL, or unset that for the one of this clone, .platform/state."
      }`,
    );
  }
  if (!known) return;
  if (found === "") {
    say(`the cluster has nothing of the stack "${stack}", which is in the state: taking what is gone out of the state`);
    await pulumi("refresh", stack, env);
    return;
  }
  for (const server of serversIn(resources)) {
    if (!new RegExp(`^${server.namespace} +Active$`, "m").test(found))
      throw new Error(
        `Somebody deletes the namespace ${server.namespace}, or has: with it go all databases and what restores them. Begin anew: make down ` +
          `PURGE=1 (in a cluster of your own: pulumi destroy -s ${stack}), then make up.`,
      );
    const phase = await phaseOf(kubectl, server);
    if (phase === undefined || /unrecoverable/i.test(phase))
      throw new Error(
        "PostgreSQL has lost its volume, and with it all databases. Make it anew from the newest backups: scripts/restore --yes --anew",
      );
  }
  const away = force ? [] : await scaledAway(kubectl, stack, resources);
  if (away.length > 0)
    throw new Error(
      `Scaled to no replicas by hand: ${away.join(", ")}. scripts/up --force puts that back; so does kubectl scale.`,
    );
  const gone = await goneObjects(kubectl, stack, resources);
  if (gone.length === 0) return;
  say(
    `deleted behind Pulumi's back, to be made again: ${gone.map(({ type, id }) => `${kindOf(type)} ${id}`).join(", ")}`,
  );
  await pulumi("refresh", stack, env, ...targetsOf(gone));
}

/** Deletes what is left of PostgreSQL's server and makes it again, empty. Nothing else of the stack is touched. Throws where it is healthy. */
export async function makeServerAnew(stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  const kubectl = await kubectlOfDev();
  const { resources } = await stateOf(stack, env);
  const servers = serversIn(resources);
  for (const server of servers)
    if ((await phaseOf(kubectl, server)) === HEALTHY)
      throw new Error(
        "PostgreSQL's server is healthy, so nothing of it is lost. To replace what a database holds: scripts/restore --yes DATABASE",
      );
  for (const { namespace, name } of servers) {
    await kubectl(["delete", SERVERS, name, "--namespace", namespace, "--ignore-not-found"]);
    await kubectl([
      "delete",
      "persistentvolumeclaims",
      "--namespace",
      namespace,
      "--selector",
      `cnpg.io/cluster=${name}`,
    ]);
  }
  const targets = targetsOf(servers);
  // One that is not in the state was forgotten by a run of this that was stopped: an update makes it with whatever else is missing.
  if (servers.length > 0) await pulumi("refresh", stack, env, ...targets);
  await pulumi("up", stack, env, ...targets);
  // The server makes its databases and roles anew by itself, some time after it is there.
  const applied = ["--for=jsonpath={.status.applied}=true", `--timeout=${APPLIED_SECONDS}s`];
  for (const namespace of new Set(servers.map((server) => server.namespace)))
    await kubectl(["wait", MADE_BY_SERVERS, "--all", "--namespace", namespace, ...applied]);
}

/** In what phase a server is, in the operator's words; undefined where there is no such server. */
async function phaseOf(kubectl: Kubectl, { namespace, name }: Server): Promise<string | undefined> {
  const get = ["get", SERVERS, name, "--namespace", namespace, "--ignore-not-found", "--output=json"];
  const found = await kubectl(get);
  return found === "" ? undefined : (JSON.parse(found).status?.phase ?? "new");
}

const targetsOf = (resources: readonly { urn: string }[]) => resources.flatMap(({ urn }) => ["--target", urn]);

const kindOf = (type: string) => type.slice(type.lastIndexOf(":") + 1);

type Server = ReturnType<typeof serversIn>[number];

function serversIn(resources: readonly StateResource[]) {
  return resources
    .filter(({ type }) => type === SERVER)
    .map(({ urn, id = "" }) => {
      const [namespace = "", name = ""] = id.split("/");
      return { urn, namespace, name };
    });
}

const pulumi = (action: "refresh" | "up", stack: string, env: NodeJS.ProcessEnv, ...targets: string[]) =>
  outlasting(() =>
    run("pulumi", [action, "--yes", "--skip-preview", "--non-interactive", "--stack", stack, ...targets], {
      env,
      cwd: paths.root,
    }),
  );
