import { annotations, isMarked, type Propagation } from "./annotations";
import type { Discovery, Endpoint } from "./discovery";
import type { Kind } from "./kind";
import { describe, type KubeObject, listAt, nameOf, namespaceOf, textAt, withField } from "./object";
import { ApiError, type Rest } from "./rest";
import type { Settings } from "./settings";

/** A condition that a user must resolve: the object exists, belongs to another manager, or has gone. */
export class Refused extends Error {}

/** What has the name of a new object is being deleted, but not gone yet. */
export class StillGoing extends Refused {
  readonly live: KubeObject;
  constructor(live: KubeObject) {
    super(`${describe(live)} is still being deleted.`);
    this.live = live;
  }
}

export interface WriteOptions {
  readonly fieldManager: string;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Called with each warning of the API server. */
  readonly warn: (warning: string) => void;
}

/**
 * An apply with this `resourceVersion` creates an object but never changes one: the API server ignores it for an object that is not
 * there and answers 409 for one that is (tested with 1.36), so creation is one request without a race.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
const ONLY_IF_ABSENT = "1";

const APPLY = "application/apply-patch+yaml";

/** Objects of one cluster, found by kind, namespace and name. */
export class Cluster {
  readonly rest: Rest;
  readonly #discovery: Discovery;
  readonly #settings: Settings;
  /** Namespace of objects that name none. */
  readonly #namespace: string;

  constructor(rest: Rest, discovery: Discovery, settings: Settings, namespace: string) {
    this.rest = rest;
    this.#discovery = discovery;
    this.#settings = settings;
    this.#namespace = namespace;
  }

  async isNamespaced(kind: Kind, signal: AbortSignal): Promise<boolean> {
    return (await this.#discovery.find(kind, signal)).namespaced;
  }

  async collection(kind: Kind, namespace: string | undefined, signal: AbortSignal): Promise<string> {
    return inNamespace(await this.#discovery.find(kind, signal), namespace, this.#namespace);
  }

  /** @throws ApiError with code 404 if there is no such object */
  async get(kind: Kind, namespace: string | undefined, name: string, signal: AbortSignal): Promise<KubeObject> {
    const path = `${await this.collection(kind, namespace, signal)}/${encodeURIComponent(name)}`;
    return this.rest.request("GET", path, { signal });
  }

  /** The objects of a collection, without the list's own metadata. */
  async list(kind: Kind, namespace: string | undefined, query: Readonly<Record<string, string>>, signal: AbortSignal) {
    const list = await this.rest.request("GET", await this.collection(kind, namespace, signal), { query, signal });
    return listAt(list, "items") as readonly KubeObject[];
  }

  /** Makes an object. @throws Refused if it exists already and upserts are off, StillGoing if that one is about to go */
  async create(kind: Kind, manifest: KubeObject, options: WriteOptions): Promise<KubeObject> {
    if (nameOf(manifest) === "") return this.#createGenerated(kind, manifest, options);
    if (this.#settings.upsert) return this.apply(kind, manifest, options);
    try {
      return await this.#patch(
        kind,
        withField(manifest, ["metadata", "resourceVersion"], ONLY_IF_ABSENT),
        options,
        false,
      );
    } catch (thrown) {
      if (!(thrown instanceof ApiError && thrown.code === 409 && thrown.reason === "Conflict")) throw thrown;
      const live = await this.get(kind, namespaceOf(manifest), nameOf(manifest), options.signal);
      if (textAt(live, "metadata", "deletionTimestamp") !== undefined) throw new StillGoing(live);
      throw new Refused(
        `${describe(manifest)} already exists. Import it (pulumi import), choose another name, ` +
          "or let the provider take it over (upsertExistingObjects).",
      );
    }
  }

  /** Changes an object by server-side apply. @throws Refused if another manager owns a field and force is off */
  async apply(kind: Kind, manifest: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const force = this.#settings.patchForce || isMarked(manifest, annotations.patchForce);
    try {
      return await this.#patch(kind, manifest, options, force);
    } catch (thrown) {
      if (!(thrown instanceof ApiError && thrown.conflicts.length > 0)) throw thrown;
      throw new Refused(
        `Server-Side Apply field conflict detected: another field manager owns fields of ${describe(manifest)}, which ` +
          `"${options.fieldManager}" wants to set.\n${thrown.conflicts.map((line) => `- ${line}`).join("\n")}\n` +
          'To take the fields over, set PULUMI_K8S_ENABLE_PATCH_FORCE=true for one update, or the annotation "pulumi.com/patchForce".',
      );
    }
  }

  /** What applying gives, fields of other managers included; changes nothing. */
  async dryApply(kind: Kind, manifest: KubeObject, fieldManager: string, signal: AbortSignal): Promise<KubeObject> {
    return this.#patch(kind, manifest, { fieldManager, dryRun: true, signal, warn: () => undefined }, true);
  }

  async delete(kind: Kind, live: KubeObject, propagationPolicy: Propagation, signal: AbortSignal): Promise<void> {
    const path = `${await this.collection(kind, namespaceOf(live), signal)}/${encodeURIComponent(nameOf(live))}`;
    await this.rest.request("DELETE", path, { body: { propagationPolicy }, signal });
  }

  async #patch(kind: Kind, manifest: KubeObject, options: WriteOptions, force: boolean): Promise<KubeObject> {
    const path = `${await this.collection(kind, namespaceOf(manifest), options.signal)}/${encodeURIComponent(nameOf(manifest))}`;
    const query = { ...queryOf(options), force: String(force) };
    return this.rest.request("PATCH", path, { query, body: manifest, contentType: APPLY, ...options });
  }

  /** Server-side apply cannot generate names, so such an object is posted; its fields are then claimed as if they were applied. */
  async #createGenerated(kind: Kind, manifest: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const path = await this.collection(kind, namespaceOf(manifest), options.signal);
    const created = await this.rest.request("POST", path, { query: queryOf(options), body: manifest, ...options });
    return options.dryRun ? created : this.claim(kind, created, options);
  }

  /** Turns the manager's fields from updated to applied ones; without this a later apply conflicts with the manager itself. */
  async claim(
    kind: Kind,
    live: KubeObject,
    { fieldManager, signal }: Pick<WriteOptions, "fieldManager" | "signal">,
  ): Promise<KubeObject> {
    const index = listAt(live, "metadata", "managedFields").findIndex(
      (entry) =>
        textAt(entry, "manager") === fieldManager &&
        textAt(entry, "operation") === "Update" &&
        textAt(entry, "subresource") === undefined,
    );
    if (index < 0) return live;
    const path = `${await this.collection(kind, namespaceOf(live), signal)}/${encodeURIComponent(nameOf(live))}`;
    const version = textAt(live, "metadata", "resourceVersion");
    const body = [
      { op: "replace", path: "/metadata/resourceVersion", value: version },
      { op: "replace", path: `/metadata/managedFields/${index}/operation`, value: "Apply" },
    ];
    try {
      return await this.rest.request("PATCH", path, { body, contentType: "application/json-patch+json", signal });
    } catch (thrown) {
      if (!(thrown instanceof ApiError && thrown.code === 409)) throw thrown;
      return this.claim(kind, await this.rest.request("GET", path, { signal }), { fieldManager, signal });
    }
  }
}

function queryOf({ fieldManager, dryRun }: WriteOptions): Record<string, string> {
  return { fieldManager, fieldValidation: "Warn", ...(dryRun && { dryRun: "All" }) };
}

function inNamespace(endpoint: Endpoint, namespace: string | undefined, fallback: string): string {
  return endpoint.collection(endpoint.namespaced ? (namespace ?? fallback) : undefined);
}
