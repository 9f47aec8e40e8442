import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Settings } from "./settings";

/** A kubeconfig that cannot be used. */
export class BadKubeconfig extends Error {}

/** Loads the kubeconfig that the settings name, with context and cluster as they override it. @throws BadKubeconfig */
export function loadKubeconfig(settings: Settings): KubeConfig {
  const config = parseKubeconfig(settings.kubeconfig);
  if (settings.context !== undefined) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(settings.context)) {
      throw new BadKubeconfig(
        `the kubeconfig has no context "${settings.context}", only ${known.join(", ") || "none"}`,
      );
    }
    config.setCurrentContext(settings.context);
  }
  if (settings.cluster !== undefined) {
    if (config.getCluster(settings.cluster) === null) {
      throw new BadKubeconfig(`the kubeconfig has no cluster "${settings.cluster}"`);
    }
    const context = { ...config.getContextObject(config.getCurrentContext()), cluster: settings.cluster };
    const name = `${settings.cluster}-override`;
    config.addContext({ user: "", ...context, name });
    config.setCurrentContext(name);
  }
  if (config.getCurrentCluster() === null) {
    throw new BadKubeconfig(`the kubeconfig's current context "${config.getCurrentContext()}" names no known cluster`);
  }
  return config;
}

function parseKubeconfig(pathOrContent: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (pathOrContent === undefined) config.loadFromDefault();
    else {
      const path = asPath(pathOrContent);
      if (path === undefined) config.loadFromString(pathOrContent);
      else config.loadFromFile(path);
    }
  } catch (thrown) {
    throw new BadKubeconfig(`the kubeconfig cannot be read: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
  return config;
}

/** A kubeconfig may be a path (with `~`) or the content itself, which has more than one line or is JSON. */
function asPath(pathOrContent: string): string | undefined {
  if (pathOrContent.includes("\n") || pathOrContent.trimStart().startsWith("{")) return undefined;
  const path = pathOrContent.startsWith("~/") ? join(homedir(), pathOrContent.slice(2)) : pathOrContent;
  if (!isAbsolute(path) && !existsSync(path)) return undefined;
  return resolve(path);
}
