export { ACCESS_WORKLOAD, BACKUP_WORKLOADS } from "./connections";
export { defaultKubeconfig, SETUP_CONTEXT } from "./default-kubeconfig";
export { definition } from "./definition";
export type { Environment, EnvironmentOf } from "./environment";
export { type Flow, flowsOf, type Party } from "./flows";
export {
  KAFKA_CLIENT,
  KUBERNETES_CLIENT,
  KUBERNETES_PREFIX,
  type KubernetesRole,
  kubernetesGroup,
  kubernetesRoleOf,
} from "./known-clients";
export { loadEnvironment } from "./load";
export { GATEWAY_NODE_PORTS } from "./node-ports";
export { PROBLEM_KINDS, type Problem } from "./problem";
export { bytes, millicores, milliseconds } from "./quantities";
export { renderProblems } from "./render-problems";
export { SERVICE_NAMES } from "./schema/services";
export { TARGETS, type Target } from "./schema/stack-config";
export { stackSettings } from "./stack-settings";
