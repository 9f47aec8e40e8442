import { at, type KubeObject, listAt, textAt, withField, withoutField } from "./object";

/**
 * A manifest for a resource with `ignoreChanges`: a field that only others manage is left to them, any other keeps its live value.
 * Paths through lists are left as they are.
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/await.go (handleSSAIgnoreFields)
 */
export function leaveIgnored(
  manifest: KubeObject,
  live: KubeObject,
  ignoreChanges: readonly string[],
  fieldManager: string,
): KubeObject {
  return ignoreChanges.reduce((result, path) => {
    const steps = parseIgnorePath(path);
    if (steps === undefined) return result;
    const owners = ownersOf(live, steps);
    if (owners.length > 0 && !owners.includes(fieldManager)) return withoutField(result, steps);
    const value = at(live, ...steps);
    return value === undefined ? result : withField(result, steps, value);
  }, manifest);
}

/** `spec.replicas`, `metadata.labels["a/b"]`; undefined for a path with an index or a wildcard. */
export function parseIgnorePath(path: string): string[] | undefined {
  const steps: string[] = [];
  let rest = path;
  while (rest !== "") {
    const [whole, quoted, bare] = /^\["([^"]+)"\]|^\.?([^.[\]*]+)/.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    steps.push(quoted ?? bare ?? "");
    rest = rest.slice(whole.length);
  }
  return steps.length === 0 ? undefined : steps;
}

/** Managers that own the field or anything inside it. */
function ownersOf(live: KubeObject, steps: readonly string[]): string[] {
  return listAt(live, "metadata", "managedFields")
    .filter((entry) => at(entry, "fieldsV1", ...steps.map((step) => `f:${step}`)) !== undefined)
    .map((entry) => textAt(entry, "manager") ?? "");
}
