/** Label of every object of a stack; only what carries it may be adopted. */
export const STACK_LABEL = "platform.data/stack";

/** Who holds a lock of Pulumi's file backend (the fields of its lock files). */
export interface Lock {
  readonly pid: number;
  readonly hostname: string;
  readonly timestamp: string;
}

/** A part of an operation that a stopped `pulumi` never finished (from `pulumi stack export`). */
export interface PendingOperation {
  readonly type: string;
  readonly resource: {
    readonly urn: string;
    readonly type: string;
    readonly parent?: string;
    /** `URN::ID` of its provider. */
    readonly provider?: string;
    readonly inputs?: {
      readonly apiVersion?: string;
      readonly kind?: string;
      readonly metadata?: { readonly name?: string; readonly namespace?: string };
    };
  };
}

/** An object that may have been made although the state does not hold it. */
export interface Candidate {
  readonly resource: PendingOperation["resource"];
  /** Pulumi's id of a Kubernetes object: `namespace/name`, or `name`. */
  readonly id: string;
  readonly object: { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } };
}

/**
 * Whether the one object in the answer of `kubectl get -o json --ignore-not-found` carries the label of a stack. kubectl wraps it in a
 * List where that flag is given, and answers nothing where there is no such object.
 */
export function isLabelled(answer: string, stack: string): boolean {
  if (answer === "") return false;
  const found = JSON.parse(answer);
  const [object] = found.kind === "List" ? found.items : [found];
  return object?.metadata.labels?.[STACK_LABEL] === stack;
}

/** The locks whose owner ran on this machine and is no more: only these may be cancelled without asking. */
export function deadLocks<L extends Lock>(locks: readonly L[], hostname: string, alive: (owner: Lock) => boolean): L[] {
  return locks.filter((lock) => lock.hostname === hostname && !alive(lock));
}

/** The Kubernetes objects among unfinished creations, to be looked for in the cluster. */
export function candidates(pending: readonly PendingOperation[]): Candidate[] {
  return pending.flatMap(({ type, resource }) => {
    const { inputs } = resource;
    const { apiVersion, kind, metadata } = inputs ?? {};
    const name = metadata?.name;
    if (type !== "creating" || apiVersion === undefined || kind === undefined || name === undefined) return [];
    const namespace = metadata?.namespace;
    return [
      {
        resource,
        id: namespace === undefined ? name : `${namespace}/${name}`,
        object: { apiVersion, kind, metadata: namespace === undefined ? { name } : { name, namespace } },
      },
    ];
  });
}

/**
 * Parts objects that were made but not recorded. What the state holds another one of, under the same URN, was to replace that: it
 * cannot be taken in beside it. It has a new name, so it is one of those that are made anew at every change and keep nothing.
 */
export function byRecord(made: readonly Candidate[], recorded: readonly string[]) {
  const replaces = ({ resource: { urn } }: Candidate) => recorded.includes(urn);
  return { adopted: made.filter((each) => !replaces(each)), replacing: made.filter(replaces) };
}

/**
 * The file for `pulumi import` that takes objects into the state under the very names, parents and providers that the program gives
 * them (https://www.pulumi.com/docs/iac/guides/migration/import/). `pulumi refresh --import-pending-creates` of 3.259 only forgets them.
 */
export function importFile(adopted: readonly Candidate[]) {
  const providerOf = ({ provider = "" }: Candidate["resource"]) => provider.slice(0, provider.lastIndexOf("::"));
  const known = adopted
    .flatMap(({ resource }) => [resource.parent ?? "", providerOf(resource)])
    .filter((urn) => urn !== "");
  const names = new Map([...new Set(known)].map((urn, index) => [urn, `known-${index}`]));
  return {
    nameTable: Object.fromEntries([...names].map(([urn, name]) => [name, urn])),
    resources: adopted.map(({ resource, id }) => ({
      type: resource.type,
      name: resource.urn.split("::").pop(),
      id,
      ...(names.has(resource.parent ?? "") ? { parent: names.get(resource.parent ?? "") } : {}),
      ...(names.has(providerOf(resource)) ? { provider: names.get(providerOf(resource)) } : {}),
    })),
  };
}
