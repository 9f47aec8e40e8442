import { apiVersionOf, type Kind } from "./kind";
import { at, listAt, textAt } from "./object";
import { ApiError, type Rest } from "./rest";

/** Where a kind's objects are. */
export interface Endpoint {
  readonly namespaced: boolean;
  /** Path of the collection: `/apis/apps/v1/namespaces/web/deployments`. Without a namespace: of all namespaces. */
  collection(namespace: string | undefined): string;
}

/** The API server knows no such kind; its CRD may be missing. */
export class UnknownKind extends Error {
  constructor({ kind, ...groupVersion }: Kind) {
    super(
      `the API server knows no kind ${kind} in ${apiVersionOf({ kind, ...groupVersion })}. ` +
        "If a CustomResourceDefinition defines it, make this resource depend on that.",
    );
  }
}

/** Finds the REST path of kinds. What was found stays cached; what was missing is looked for again, since CRDs come and go. */
export class Discovery {
  readonly #rest: Rest;
  readonly #found = new Map<string, Promise<ReadonlyMap<string, Endpoint>>>();

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  /** @throws UnknownKind, ApiError, Unreachable */
  async find(kind: Kind, signal: AbortSignal): Promise<Endpoint> {
    const apiVersion = apiVersionOf(kind);
    const cached = await this.#found.get(apiVersion)?.catch(() => undefined);
    const endpoint = cached?.get(kind.kind);
    if (endpoint !== undefined) return endpoint;
    const fetched = this.#fetch(kind, signal);
    this.#found.set(apiVersion, fetched);
    const fresh = (await fetched).get(kind.kind);
    if (fresh === undefined) throw new UnknownKind(kind);
    return fresh;
  }

  async #fetch(kind: Kind, signal: AbortSignal): Promise<ReadonlyMap<string, Endpoint>> {
    const base = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
    try {
      const list = await this.#rest.request("GET", base, { signal });
      const resources = listAt(list, "resources").filter((resource) => !textAt(resource, "name")?.includes("/"));
      return new Map(
        resources.map((resource) => {
          const plural = textAt(resource, "name") ?? "";
          const namespaced = at(resource, "namespaced") === true;
          const collection = (namespace: string | undefined) =>
            namespaced && namespace !== undefined
              ? `${base}/namespaces/${encodeURIComponent(namespace)}/${plural}`
              : `${base}/${plural}`;
          return [textAt(resource, "kind") ?? "", { namespaced, collection }];
        }),
      );
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.code === 404) return new Map();
      throw thrown;
    }
  }
}
