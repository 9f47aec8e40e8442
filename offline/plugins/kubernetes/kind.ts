/** A kind of object in the API: group (empty for core), version and name. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Modules of the package that are no API groups. */
const notApiGroups: ReadonlySet<string> = new Set(["helm.sh", "yaml", "kustomize"]);

/** `kubernetes:core/v1:ConfigMap`, `kubernetes:example.com/v1:Widget`; undefined for what is no kind of object (`kubernetes:helm.sh/v3:Release`). */
export function parseToken(token: string): Kind | undefined {
  const match = /^kubernetes:([^/:]+)\/([^/:]+):([^/:]+)$/.exec(token);
  const [, module = "", version = "", kind = ""] = match ?? [];
  if (match === null || notApiGroups.has(module)) return undefined;
  return { group: module === "core" ? "" : module, version, kind };
}

/** `v1`, `apps/v1`: as manifests say it. */
export function apiVersionOf({ group, version }: Kind): string {
  return group === "" ? version : `${group}/${version}`;
}

/** `apps/v1/Deployment`, `v1/Pod`. */
export function kindKey(kind: Kind): string {
  return `${apiVersionOf(kind)}/${kind.kind}`;
}

/** True for groups that Kubernetes itself serves, whose `...List` and `...Patch` types the package generates. */
export function isBuiltIn({ group }: Kind): boolean {
  return !group.includes(".") || group.endsWith(".k8s.io");
}
