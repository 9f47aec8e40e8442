import { Cluster } from "./cluster";
import { BadKubeconfig, loadKubeconfig } from "./connection";
import { Discovery } from "./discovery";
import { Rest } from "./rest";
import type { Settings } from "./settings";

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

/** Prepares the connection; no request is sent yet. */
export function openSession(settings: Settings): Session {
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
