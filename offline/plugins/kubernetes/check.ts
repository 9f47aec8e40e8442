import type { CheckRequest, CheckResult } from "../base/plugin";
import { isMap, type PropertyMap, Secret, type Value } from "../base/values";
import { apiVersionOf, isBuiltIn, type Kind } from "./kind";
import { normalize } from "./manifest";
import { withName } from "./naming";
import { markByKind } from "./secrets";
import type { Session } from "./session";

/** Validates inputs and fills in what the program left to the plugin: name, namespace, kind. */
export async function checkInputs(kind: Kind, session: Session, request: CheckRequest): Promise<CheckResult> {
  const problem = problemOf(kind, request.news);
  if (problem !== undefined) return { inputs: request.news, failures: [{ property: "", reason: problem }] };
  const news = normalize({ apiVersion: apiVersionOf(kind), kind: kind.kind, ...request.news });
  const named = withName({ ...request, news });
  return { inputs: markByKind(await withDefaultNamespace(kind, session, request.signal, named)) };
}

function problemOf(kind: Kind, news: PropertyMap): string | undefined {
  if (isBuiltIn(kind) && kind.kind.endsWith("List")) {
    return `a ${kind.kind} cannot be created. Create the objects in it, each as a resource of its own.`;
  }
  if (isBuiltIn(kind) && kind.kind.endsWith("Patch")) {
    return `the twin of the kubernetes plugin has no ${kind.kind}. Manage the object itself, or use the official plugin.`;
  }
  for (const [field, expected] of Object.entries({ apiVersion: apiVersionOf(kind), kind: kind.kind })) {
    const said = news[field];
    if (typeof said === "string" && said !== expected)
      return `${field} is "${said}", but the resource's type says "${expected}"`;
  }
  return undefined;
}

/** Puts objects that name no namespace where the provider says; a kind that cannot be looked up yet counts as having namespaces. */
async function withDefaultNamespace(
  kind: Kind,
  { defaultNamespace, cluster }: Session,
  signal: AbortSignal,
  inputs: PropertyMap,
): Promise<PropertyMap> {
  const wrapped = inputs["metadata"];
  const metadata: Value | undefined = wrapped instanceof Secret ? wrapped.value : wrapped;
  if (defaultNamespace === undefined || !isMap(metadata) || metadata["namespace"] !== undefined) return inputs;
  try {
    if (!(await cluster().isNamespaced(kind, signal))) return inputs;
  } catch {
    // the cluster or the kind is not there yet
  }
  const placed = { ...metadata, namespace: defaultNamespace };
  return { ...inputs, metadata: wrapped instanceof Secret ? new Secret(placed) : placed };
}
