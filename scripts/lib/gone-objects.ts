import type { Kubectl } from "./kubectl";
import { STACK_LABEL } from "./recover";
import type { StateResource } from "./stack-state";

const COLUMNS = "custom-columns=VERSION:.apiVersion,KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name";
/** What kubectl shows for a field that an object does not have. */
const NONE = "<none>";

/** The objects of a stack that its state has and the cluster has not: somebody deleted them. */
export async function goneObjects(
  kubectl: Kubectl,
  stack: string,
  resources: readonly StateResource[],
): Promise<StateResource[]> {
  const objects = resources.filter((resource) => partsOf(resource) !== undefined && !resource.delete);
  return missing(objects, await listed(kubectl, stack, [...new Set(objects.map(kindOf))]));
}

/** Those of the objects that are not in what kubectl has listed in `COLUMNS`. */
function missing(objects: readonly StateResource[], listed: string): StateResource[] {
  const there = new Set(listed.split("\n").map(keyOfLine));
  return objects.filter((object) => !there.has(keyOf(object)));
}

/** Lists the objects of these kinds, without those that the API server does not know. */
async function listed(kubectl: Kubectl, stack: string, kinds: readonly string[]): Promise<string> {
  const which = ["--all-namespaces", "--selector", `${STACK_LABEL}=${stack}`];
  try {
    return await kubectl(["get", kinds.join(), ...which, "--no-headers", "-o", COLUMNS]);
  } catch (error) {
    const [, unknown] = /doesn't have a resource type "([^"]+)"/.exec((error as Error).message) ?? [];
    const known = kinds.filter((kind) => kind.split(".")[0] !== unknown);
    if (known.length === kinds.length || known.length === 0) throw error;
    return listed(kubectl, stack, known);
  }
}

/** API version and kind of an object of Kubernetes by its type's token, `kubernetes:apps/v1:Deployment`. */
function partsOf({ type }: StateResource): { apiVersion: string; kind: string } | undefined {
  const [, apiVersion, kind] = /^kubernetes:([^:]+\/[^:]+):(\w+)$/.exec(type) ?? [];
  return apiVersion === undefined || kind === undefined ? undefined : { apiVersion, kind };
}

function kindOf(object: StateResource): string {
  const { kind = "", apiVersion = "" } = partsOf(object) ?? {};
  return qualified(kind, apiVersion);
}

/** `Kind.group`, as kubectl takes it. The version is left out: the server may answer in another one. */
function qualified(kind: string, apiVersion: string): string {
  const [group] = apiVersion.includes("/") ? apiVersion.split("/") : [""];
  return group === "" || group === "core" ? kind : `${kind}.${group}`;
}

const keyOf = (object: StateResource) => `${kindOf(object)} ${object.id}`;

function keyOfLine(line: string): string {
  const [apiVersion = "", kind = "", namespace = NONE, name = ""] = line.trim().split(/\s+/);
  return `${qualified(kind, apiVersion)} ${namespace === NONE ? name : `${namespace}/${name}`}`;
}
