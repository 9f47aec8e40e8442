import type { Log, Plugin, ResourceHandler } from "../base/plugin";
import { reveal } from "../base/values";
import { Cluster } from "./cluster";
import { BadKubeconfig, loadKubeconfig } from "./connection";
import { Discovery } from "./discovery";
import { createHandler } from "./handler";
import { parseToken } from "./kind";
import { diffProvider } from "./provider-diff";
import { Rest } from "./rest";
import { problemsOf, readSettings, type Settings } from "./settings";

/** The version of the official plugin whose behaviour this one has, and of the npm package. */
const VERSION = "4.34.2";

/** A provider after its configuration. */
export interface Session {
  readonly settings: Settings;
  /** Namespace of objects that name none, if the provider or the kubeconfig says one. */
  readonly defaultNamespace: string | undefined;
  /** @throws BadKubeconfig if the kubeconfig cannot be used; only then, so that a broken one harms no preview */
  cluster(): Cluster;
  /** True at the first call: for what is said once, not for each of a hundred resources. */
  isFirstTrouble(): boolean;
}

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
    configure: async (config, log: Log) => {
      session = openSession(readSettings(reveal(config) as typeof config, process.env));
      if (session.defaultNamespace === undefined) return;
      await log("debug", `objects without a namespace go to ${session.defaultNamespace}`);
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

function openSession(settings: Settings): Session {
  let troubles = 0;
  const isFirstTrouble = () => troubles++ === 0;
  try {
    const config = loadKubeconfig(settings);
    const defaultNamespace = settings.namespace ?? config.getContextObject(config.getCurrentContext())?.namespace;
    const rest = new Rest(config);
    const cluster = new Cluster(rest, new Discovery(rest), settings, defaultNamespace ?? "default");
    return { settings, defaultNamespace, cluster: () => cluster, isFirstTrouble };
  } catch (thrown) {
    if (!(thrown instanceof BadKubeconfig)) throw thrown;
    return {
      settings,
      defaultNamespace: settings.namespace,
      isFirstTrouble,
      cluster: () => {
        throw thrown;
      },
    };
  }
}
