/** Absolute paths of the programs that the cluster is made of. */
export interface ClusterTools {
  readonly etcd: string;
  readonly "kube-apiserver": string;
  readonly "kube-controller-manager": string;
  readonly "kube-scheduler": string;
  readonly kubelet: string;
  readonly "kube-proxy": string;
  readonly kubeadm: string;
  readonly kubectl: string;
}

/** Names of the programs in `ClusterTools`. */
export const CLUSTER_TOOLS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubeadm",
  "kubectl",
] as const satisfies readonly (keyof ClusterTools)[];

/** References of the images that the node itself needs. */
export interface NodeImages {
  readonly pause: string;
  readonly coredns: string;
  readonly "local-path-provisioner": string;
}
