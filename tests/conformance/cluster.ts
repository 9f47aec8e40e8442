import { existsSync } from "node:fs";
import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
} from "@kubernetes/client-node";
import { paths } from "../../scripts/lib/paths";

/** An object of any kind, as the API server has it. */
export type Live = KubernetesObject & { readonly [field: string]: unknown };

type Header = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
};

/** The real API server, behind Pulumi's back. */
export interface Cluster {
  /** Path of the kubeconfig that cases use. */
  readonly kubeconfig: string;
  /** The object, or undefined if there is none. */
  get(header: Header): Promise<Live | undefined>;
  create(object: object): Promise<Live>;
  /** Server-side apply under a foreign field manager, by force. */
  apply(object: object, manager: string): Promise<Live>;
  /** A JSON merge patch. */
  merge(object: object): Promise<Live>;
  /** Deletes without waiting; an object that is gone already is fine. */
  remove(header: Header): Promise<void>;
}

/** Connects to $KUBECONFIG or the platform's own cluster. @throws with one clear line if no API server answers. */
export async function connect(): Promise<Cluster> {
  const kubeconfig = process.env["KUBECONFIG"] || paths.kubeconfig;
  const help = "Start a cluster by `make setup-k8s`, or set KUBECONFIG.";
  if (!existsSync(kubeconfig))
    throw new Error(`There is no Kubernetes cluster for these tests: ${kubeconfig} is missing. ${help}`);
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  try {
    await config.makeApiClient(CoreV1Api).listNamespace({ limit: 1 });
  } catch (error) {
    throw new Error(`The Kubernetes cluster of ${kubeconfig} does not answer: ${(error as Error).message}. ${help}`);
  }
  return clusterOf(kubeconfig, KubernetesObjectApi.makeApiClient(config));
}

function clusterOf(kubeconfig: string, api: KubernetesObjectApi): Cluster {
  const object = ({ apiVersion, kind, ...metadata }: Header) => ({ apiVersion, kind, metadata });
  return {
    kubeconfig,
    get: (header) => orGone(async () => (await api.read(object(header) as never)) as Live),
    create: async (manifest) => (await api.create(manifest as never)) as Live,
    apply: async (manifest, manager) =>
      (await api.patch(manifest as never, undefined, undefined, manager, true, PatchStrategy.ServerSideApply)) as Live,
    merge: async (manifest) =>
      (await api.patch(
        manifest as never,
        undefined,
        undefined,
        "somebody",
        undefined,
        PatchStrategy.MergePatch,
      )) as Live,
    remove: async (header) => {
      await orGone(() => api.delete(object(header)));
    },
  };
}

async function orGone<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}
