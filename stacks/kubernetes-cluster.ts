import * as k8s from "@pulumi/kubernetes";
import type { Storage } from "../components/storage";
import type { ClusterAccess } from "./ready-gate";

/** The Kubernetes of a target, as everything above it sees it. */
export interface KubernetesCluster {
  /** The one provider of all in-cluster objects. */
  readonly provider: k8s.Provider;
  /** Storage class for volumes that hold data; empty for the cluster's default. */
  readonly storage: Pick<Storage, "storageClass">;
  /** Networks of the API servers, for policies. */
  readonly apiServers: readonly string[];
}

/**
 * The provider for a cluster that a kubeconfig file gives. Secrets and config maps may change in place, so that what mounts them
 * is not replaced with them.
 */
export function kubernetesProvider(name: string, { kubeconfig, context }: ClusterAccess): k8s.Provider {
  return new k8s.Provider(name, {
    kubeconfig,
    context,
    enableServerSideApply: true,
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
}
