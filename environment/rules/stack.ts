import { isMapping } from "../plain";
import type { Finding, PathSegment } from "../problem";
import { parseMillicores } from "../quantities";
import { LAYERS } from "../schema/stack-config";
import { entries, type Rule, repeated } from "./rule";

/** Layers are built from the ground: the platform never without its foundation. */
export const layers: Rule = ({ layers: chosen }) => {
  if (chosen === undefined || chosen.includes(undefined)) return [];
  const fromTheGround = chosen.length > 0 && chosen.every((layer, index) => layer === LAYERS[index]);
  if (fromTheGround) return [];
  const message = "The platform stands on the foundation: layers are built in this order, without gaps.";
  return [
    {
      path: ["layers"],
      kind: "choice",
      value: chosen.join(", "),
      allowed: "[foundation] or [foundation, platform]",
      message,
    },
  ];
};

/** The ways in from outside have a port each: the gateway's two and the doors'. */
export const separatePorts: Rule = ({ gatewayPort, gatewayHttpPort, doors, doorPorts, workloads }) => {
  const ports = [
    { path: ["gatewayPort"], port: gatewayPort },
    { path: ["gatewayHttpPort"], port: gatewayHttpPort },
    ...entries(doors).map(([name, { workload, port }]) => ({
      path: ["doorPorts", name],
      port: doorPorts?.[name] ?? workloads?.[workload ?? ""]?.ports?.[port ?? ""],
    })),
  ].filter(({ port }) => port !== undefined);
  return repeated(ports, ({ port }) => port).map(({ item: { path, port }, first }) => ({
    path,
    kind: "duplicate",
    value: port,
    allowed: `another port than ${first.path.join(".")} has`,
    message: "Two ways into the platform cannot have one port.",
  }));
};

/** No pod is promised more CPU than it may use; all sizes of the environment are looked at, wherever they stand. */
export const cpuLimits: Rule = (environment) => {
  const visit = (value: unknown, path: readonly PathSegment[]): Finding[] => {
    if (!isMapping(value)) return [];
    const { cpu, cpuLimit } = value;
    const inside = Object.entries(value).flatMap(([key, item]) => visit(item, [...path, key]));
    if (typeof cpu !== "string" || typeof cpuLimit !== "string") return inside;
    const [asked, most] = [parseMillicores(cpu), parseMillicores(cpuLimit)];
    if (asked === undefined || most === undefined || asked <= most) return inside;
    const message = "The pod asks for more CPU than it may use.";
    return [
      ...inside,
      { path: [...path, "cpu"], kind: "order", value: cpu, allowed: `at most ${cpuLimit}, the limit`, message },
    ];
  };
  return visit(environment, []);
};
