import { isMapping } from "../plain";
import type { Finding, PathSegment } from "../problem";
import { parseMillicores } from "../quantities";
import { LAYERS } from "../schema/stack-config";
import type { Rule } from "./rule";

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

/** The gateway listens on two ports. */
export const gatewayPorts: Rule = ({ gatewayPort, gatewayHttpPort }) => {
  if (gatewayPort === undefined || gatewayPort !== gatewayHttpPort) return [];
  const message = "One port cannot both encrypt and send on to where it is encrypted.";
  return [
    {
      path: ["gatewayHttpPort"],
      kind: "duplicate",
      value: gatewayHttpPort,
      allowed: `another port than ${gatewayPort}`,
      message,
    },
  ];
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
