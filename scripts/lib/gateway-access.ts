import { type Environment, GATEWAY_NODE_PORTS } from "../../environment";
import type { HostPort } from "../../offline/cluster/instance";
import { doorsOf } from "./addresses";
import type { ClusterChoice } from "./cluster-choice";
import { devEnvironment } from "./dev-environment";

/** Where the gateway's Service is, for those who forward its ports themselves. */
const SERVICE = "service/gateway";

/** The ports of this host that lead to the gateway and to the doors, where this program brings them there. */
export function hostPorts(environment: Environment = devEnvironment()): readonly HostPort[] {
  return [...gatewayHostPorts(environment), ...doorHostPorts(environment)];
}

function doorHostPorts(environment: Environment): readonly HostPort[] {
  return doorsOf(environment).map(([name, { hostPort, nodePort }]) => ({
    name: `door-${name}`,
    hostPort,
    nodePort,
    instead: `pulumi config set --path platform:doorPorts.${name} ${hostPort + 1} --stack dev`,
  }));
}

function gatewayHostPorts(environment: Environment): readonly HostPort[] {
  const { services, gatewayPort, gatewayHttpPort } = environment;
  if (!services.gateway) return [];
  const change = (setting: string, port: number) => `pulumi config set platform:${setting} ${port + 1} --stack dev`;
  return [
    {
      name: "https",
      hostPort: gatewayPort,
      nodePort: GATEWAY_NODE_PORTS.https,
      instead: change("gatewayPort", gatewayPort),
    },
    {
      name: "http",
      hostPort: gatewayHttpPort,
      nodePort: GATEWAY_NODE_PORTS.http,
      instead: change("gatewayHttpPort", gatewayHttpPort),
    },
  ];
}

/** kind's own way to the same: https://kind.sigs.k8s.io/docs/user/configuration/#extra-port-mappings */
export function kindConfig(hostPorts: readonly HostPort[]): object {
  return {
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    nodes: [
      {
        role: "control-plane",
        extraPortMappings: hostPorts.map(({ hostPort, nodePort }) => ({
          containerPort: nodePort,
          hostPort,
          listenAddress: "127.0.0.1",
        })),
      },
    ],
  };
}

/** What somebody with a cluster of their own does to reach the gateway; undefined where the ports are there already. */
export function gatewayForwardHint(environment: Environment, { cluster }: ClusterChoice): string | undefined {
  const { services, workloads, gatewayPort, gatewayHttpPort } = environment;
  const workload = workloads["gateway"];
  if (cluster !== "context" || !services.gateway || workload === undefined) return undefined;
  const { https, http } = workload.ports;
  return `kubectl port-forward --namespace ${workload.namespace} ${SERVICE} ${gatewayPort}:${https} ${gatewayHttpPort}:${http}`;
}
