import { type Change, changesBetween, formatPath } from "../base/diff";
import type { ChangeKind, DiffResult } from "../base/plugin";
import { isMap, type PropertyMap, reveal, type Value } from "../base/values";
import { annotations } from "./annotations";
import type { Kind } from "./kind";
import { isAutonamed } from "./naming";
import { asksForReplacement, type Mutability, replaceRules } from "./replace-rules";

export interface ObjectDiffArgs {
  readonly kind: Kind;
  /** Inputs as the state knows them, which a refresh has set to what the cluster has. */
  readonly oldInputs: PropertyMap;
  readonly news: PropertyMap;
  /** Name and namespace of the object as it is. */
  readonly live: { readonly name: string; readonly namespace?: string };
  readonly mutable: Omit<Mutability, "immutable">;
  /** The object has not become what it should and is to be made anew. @default false */
  readonly unready?: boolean;
}

const UNREADY = formatPath(["metadata", "annotations", annotations.replaceUnready]);

/** What a change of inputs means for the object. */
export function diffObject({ kind, oldInputs, news, live, mutable, unready = false }: ObjectDiffArgs): DiffResult {
  const olds = withIdentity(withoutImpliedNamespace(oldInputs, live), live, news);
  const immutable = reveal(olds["immutable"] ?? null) === true;
  const rules = replaceRules(kind, { ...mutable, immutable });
  const changes: Record<string, ChangeKind> = {};
  let replace = unready;
  for (const change of changesBetween(olds, withoutImpliedNamespace(news, live))) {
    const replaces = asksForReplacement(change.path, rules);
    replace ||= replaces;
    changes[formatPath(change.path)] = kindOf(change, replaces);
  }
  if (unready) changes[UNREADY] = "update-replace";
  return {
    changes,
    deleteBeforeReplace: replace && !isAutonamed(news) && hasSameIdentity(news, live),
  };
}

function kindOf({ kind }: Change, replaces: boolean): ChangeKind {
  return replaces ? `${kind}-replace` : kind;
}

/** A program may name what `generateName` has named before: then the name is no change. */
function withIdentity(olds: PropertyMap, live: ObjectDiffArgs["live"], news: PropertyMap): PropertyMap {
  const metadata = olds["metadata"];
  if (!isMap(metadata) || metadata["name"] !== undefined || nameIn(news) !== live.name) return olds;
  const { generateName: _, ...rest } = metadata;
  return { ...olds, metadata: { ...rest, name: live.name } };
}

/** An object that names no namespace goes to `default`; one whose kind has no namespaces may name any, to no effect. */
function withoutImpliedNamespace(inputs: PropertyMap, live: ObjectDiffArgs["live"]): PropertyMap {
  const metadata = inputs["metadata"];
  if (!isMap(metadata)) return inputs;
  if (live.namespace !== undefined && metadata["namespace"] !== "default") return inputs;
  const { namespace: _, ...rest } = metadata;
  return { ...inputs, metadata: rest };
}

function hasSameIdentity(news: PropertyMap, live: ObjectDiffArgs["live"]): boolean {
  const metadata = reveal(news["metadata"] ?? null);
  const namespace: Value | undefined = isMap(metadata) ? metadata["namespace"] : undefined;
  return nameIn(news) === live.name && (namespace ?? "default") === (live.namespace ?? "default");
}

function nameIn(inputs: PropertyMap): Value | undefined {
  const metadata = reveal(inputs["metadata"] ?? null);
  return isMap(metadata) ? metadata["name"] : undefined;
}
