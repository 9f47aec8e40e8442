import { changesBetween, formatPath, sameValue } from "../base/diff";
import type { ChangeKind, DiffResult } from "../base/plugin";
import { type PropertyMap, reveal, UNKNOWN } from "../base/values";
import { loadKubeconfig } from "./connection";
import { readSettings } from "./settings";

/** Inputs that together say which cluster is meant. */
const identity = ["kubeconfig", "context", "cluster"] as const;

/**
 * Replaces the provider, and with it all its objects, only if the cluster is another one: another server or CA, or another
 * `clusterIdentifier` where one is given. An unknown kubeconfig is taken for another cluster.
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go (DiffConfig)
 */
export function diffProvider(olds: PropertyMap, news: PropertyMap): DiffResult {
  const replaces = replacedBy(olds, news);
  const changes: Record<string, ChangeKind> = {};
  for (const { path, kind } of changesBetween(olds, news)) {
    changes[formatPath(path)] = replaces(String(path[0])) ? `${kind}-replace` : kind;
  }
  return { changes };
}

function replacedBy(olds: PropertyMap, news: PropertyMap): (property: string) => boolean {
  const [before, after] = [olds, news].map((inputs) => reveal(inputs["clusterIdentifier"] ?? null));
  if (before !== null && after !== null && before !== undefined && after !== undefined) {
    const isOther = !sameValue(before, after);
    return (property) => isOther && property === "clusterIdentifier";
  }
  const isUnknown = identity.some((property) => reveal(news[property] ?? null) === UNKNOWN);
  const isOther = isUnknown || clusterOf(olds) !== clusterOf(news);
  return (property) => isOther && (identity as readonly string[]).includes(property);
}

/** Server and CA of the cluster that the inputs lead to; undefined if they lead to none. */
function clusterOf(inputs: PropertyMap): string | undefined {
  try {
    const cluster = loadKubeconfig(readSettings(inputs, {})).getCurrentCluster();
    return JSON.stringify([
      cluster?.server,
      cluster?.caData ?? cluster?.caFile,
      cluster?.skipTLSVerify,
      cluster?.tlsServerName,
    ]);
  } catch {
    return undefined;
  }
}
