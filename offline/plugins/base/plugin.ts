import type { PropertyMap } from "./values";

/**
 * What a twin implements. A plugin's `main.ts` is:
 *
 * ```ts
 * import { serve } from "../base/server";
 * serve({ name: "random", version: "4.21.2", resource: (type) => handlers[type] });
 * ```
 *
 * where `handlers: Record<string, ResourceHandler>` is keyed by type token (`random:index/randomPassword:RandomPassword`).
 * Values come as {@link PropertyMap}: secrets wrapped in `Secret`, unknowns as `UNKNOWN`. Throw an `Error` whose message is fit for a
 * user; throw `InitFailed` when the object exists but is not as it should be. In a preview (`request.preview`) nothing may be made.
 */
export interface Plugin {
  /** Package name: `kubernetes` for `pulumi-resource-kubernetes`. */
  readonly name: string;
  /** Version without `v`, equal to the npm package's. */
  readonly version: string;
  /** The handler of a type token; undefined if the package has no such resource, which is then reported. */
  resource(type: string): ResourceHandler | undefined;
  /** Checks the provider's own inputs. @default accepts all */
  checkConfig?(request: CheckRequest): CheckResult | Promise<CheckResult>;
  /** Compares the provider's own inputs. @default any change is an update without replacement */
  diffConfig?(request: DiffRequest): DiffResult | Promise<DiffResult>;
  /** Called once, before any resource, with the provider's known inputs. */
  configure?(config: PropertyMap, log: Log): void | Promise<void>;
}

/** Life of one type of resource. Only `check` and `diff` run for inputs that may hold unknowns, and `create`/`update` in previews. */
export interface ResourceHandler {
  /** Validates inputs and fills defaults (autonaming). What it returns is kept as the resource's inputs. @default accepts all */
  check?(request: CheckRequest): CheckResult | Promise<CheckResult>;
  diff(request: DiffRequest): DiffResult | Promise<DiffResult>;
  create(request: CreateRequest): Promise<CreateResult>;
  /** The object as it is. `undefined` means it is gone. */
  read(request: ReadRequest): Promise<ReadResult | undefined>;
  /** Returns the outputs after the update. @default an error that asks for a replacement */
  update?(request: UpdateRequest): Promise<PropertyMap>;
  delete(request: DeleteRequest): Promise<void>;
}

export type Severity = "debug" | "info" | "warning" | "error";

/** Writes to the engine's output, beside the resource. Ephemeral lines appear only as its current status. Never pass a secret. */
export type Log = (severity: Severity, message: string, options?: { readonly ephemeral?: boolean }) => Promise<void>;

/** What every request carries. */
export interface ResourceRequest {
  readonly urn: string;
  /** Type token, for example `kubernetes:core/v1:ConfigMap`. */
  readonly type: string;
  /** The resource's name in the program. */
  readonly name: string;
  readonly log: Log;
  /** Aborted when the engine cancels (a first Ctrl-C) or goes away. */
  readonly signal: AbortSignal;
}

export interface CheckRequest extends ResourceRequest {
  /** Inputs of the last update; empty for a new resource. */
  readonly olds: PropertyMap;
  readonly news: PropertyMap;
  /** The engine's seed, the same for every retry of one step; empty for a provider's own configuration. */
  readonly seed: Uint8Array;
  /** What `pulumi:autonaming` of the stack asks for; absent by default. */
  readonly autonaming?: { readonly name: string; readonly mode: "propose" | "enforce" | "disable" };
}

export interface CheckResult {
  readonly inputs: PropertyMap;
  readonly failures?: readonly { readonly property: string; readonly reason: string }[];
}

export interface DiffRequest extends ResourceRequest {
  readonly id: string;
  /** Outputs in state. */
  readonly olds: PropertyMap;
  readonly oldInputs: PropertyMap;
  /** Checked new inputs. */
  readonly news: PropertyMap;
  readonly ignoreChanges: readonly string[];
}

export type ChangeKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffResult {
  /** Changed properties by path (`formatPath`); empty if nothing changed. A `-replace` kind asks for a replacement. */
  readonly changes: Readonly<Record<string, ChangeKind>>;
  /** The old object must go first. @default false */
  readonly deleteBeforeReplace?: boolean;
}

interface TimedRequest extends ResourceRequest {
  /** `customTimeouts` in seconds; 0 if the program gave none. */
  readonly timeoutSeconds: number;
}

export interface CreateRequest extends TimedRequest {
  readonly inputs: PropertyMap;
  readonly preview: boolean;
}

export interface CreateResult {
  /** Empty only in a preview. */
  readonly id: string;
  readonly outputs: PropertyMap;
}

export interface ReadRequest extends TimedRequest {
  readonly id: string;
  /** Outputs in state; empty for an import. */
  readonly outputs: PropertyMap;
  /** Inputs in state; empty for an import. */
  readonly inputs: PropertyMap;
}

export interface ReadResult {
  readonly id: string;
  readonly outputs: PropertyMap;
  readonly inputs: PropertyMap;
}

export interface UpdateRequest extends TimedRequest {
  readonly id: string;
  /** Outputs in state. */
  readonly olds: PropertyMap;
  readonly oldInputs: PropertyMap;
  readonly news: PropertyMap;
  readonly preview: boolean;
  readonly ignoreChanges: readonly string[];
}

export interface DeleteRequest extends TimedRequest {
  readonly id: string;
  /** Outputs in state. */
  readonly outputs: PropertyMap;
  readonly oldInputs: PropertyMap;
}

/** The object was made or changed, but did not become what it should. The engine keeps it in state and tries again at the next update. */
export class InitFailed extends Error {
  readonly result: ReadResult;
  readonly reasons: readonly string[];
  constructor(result: ReadResult, reasons: readonly string[]) {
    super(reasons.join("\n"));
    this.result = result;
    this.reasons = reasons;
  }
}
