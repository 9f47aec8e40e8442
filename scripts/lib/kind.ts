/** The one container of the kind cluster "platform" (kind names it so: https://kind.sigs.k8s.io/docs/user/quick-start/). */
export const KIND_NODE = "platform-control-plane";
