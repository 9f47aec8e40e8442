import type { Plugin, ResourceHandler } from "../base/plugin";
import { createHandler } from "./handler";
import { parseToken } from "./kind";
import { diffProvider } from "./provider-diff";
import { openSession, type Session } from "./session";
import { problemsOf, readSettings } from "./settings";

/** The version of the official plugin whose behaviour this one has, and of the npm package. */
const VERSION = "4.34.2";

/** The twin of the official kubernetes plugin: real work on the API server that the kubeconfig names. */
export function createKubernetesPlugin(): Plugin {
  let session: Session | undefined;
  const current = (): Session => {
    if (session === undefined) throw new Error("the kubernetes provider is not configured");
    return session;
  };
  const handlers = new Map<string, ResourceHandler>();
  return {
    name: "kubernetes",
    version: VERSION,
    checkConfig: ({ news }) => ({ inputs: news, failures: problemsOf(news) }),
    diffConfig: ({ oldInputs, olds, news }) => diffProvider(Object.keys(oldInputs).length > 0 ? oldInputs : olds, news),
    configure: (config) => {
      session = openSession(readSettings(config, process.env));
    },
    resource: (type) => {
      const kind = parseToken(type);
      if (kind === undefined) return undefined;
      const handler = handlers.get(type) ?? createHandler(kind, current);
      handlers.set(type, handler);
      return handler;
    },
  };
}
