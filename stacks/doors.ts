import { PlatformDoors } from "../components/platform-doors";
import type { Environment } from "../environment";
import type { Foundation } from "./foundation";

/** The doors of what is switched on. */
export function buildDoors(
  { doors, workloads, services }: Environment,
  { namespaces, gatewayExposure, providers, labels }: Foundation,
): void {
  const open = Object.entries(doors).flatMap(([name, { workload: behind, port, labels: meant, nodePort }]) => {
    const workload = workloads[behind];
    if (workload === undefined || !services[workload.service]) return [];
    const door = {
      namespace: namespaces.of(workload.namespace),
      selector: { ...(workload.labels ?? { "app.kubernetes.io/name": behind }), ...meant },
      port: workload.ports[port] ?? 0,
      ...(gatewayExposure.type === "NodePort" ? { nodePort } : {}),
    };
    return [[name, door] as const];
  });
  new PlatformDoors("doors", { doors: Object.fromEntries(open), labels }, { providers });
}

/** Host names by which programs outside reach a workload, for its certificate. */
export const doorNames = ({ doors }: Environment, workload: string): string[] =>
  Object.values(doors).flatMap((door) => (door.workload === workload ? [door.name] : []));
