import { type Connection, connectionsOf } from "../connections";
import type { Unchecked } from "../environment";
import { own } from "../plain";
import type { Finding, PathSegment } from "../problem";
import { CLUSTER_PARTIES } from "../schema/workloads";
import { declared, entries, type Rule, repeated, unknownName } from "./rule";

/** The ports of a party by name; undefined if they cannot be known. */
function portsOf({ workloads }: Unchecked, name: string): Readonly<Record<string, unknown>> | undefined {
  return own(CLUSTER_PARTIES as Record<string, Record<string, number>>, name) ?? own(workloads, name)?.ports;
}

/** Who connects, to whom and to which port: all are declared. */
export const knownParties: Rule = (environment) => {
  if (environment.workloads === undefined) return [];
  const parties = { ...environment.workloads, ...CLUSTER_PARTIES };
  const end = (path: readonly PathSegment[] | undefined, name: string): Finding[] => {
    if (declared(parties, name)) return [];
    if (path !== undefined) return [unknownName(path, name, "workload", Object.keys(parties))];
    const message = `Other parts connect to the workload ${name}.`;
    const allowed = "the workload, with its ports";
    return [{ path: ["workloads", name], kind: "missing", value: undefined, allowed, message }];
  };
  const found = connectionsOf(environment).flatMap(({ from, to, port, at }): Finding[] => {
    const ports = portsOf(environment, to);
    const portFindings = declared(ports, port) ? [] : [unknownPort(at.port, to, port, Object.keys(ports ?? {}))];
    return [...end(at.from, from), ...end(at.to, to), ...portFindings];
  });
  const again = new Set(repeated(found, ({ path, kind }) => JSON.stringify([path, kind])).map(({ item }) => item));
  return found.filter((finding) => !again.has(finding));
};

function unknownPort(
  path: readonly PathSegment[] | undefined,
  workload: string,
  port: string,
  ports: string[],
): Finding {
  if (path !== undefined) return unknownName(path, port, `port of ${workload} called`, ports);
  const message = `Other parts connect to port ${port} of ${workload}.`;
  return {
    path: ["workloads", workload, "ports", port],
    kind: "missing",
    value: undefined,
    allowed: "its number",
    message,
  };
}

/** Who needs whom: the one that connects, but a host needs the gateway. */
function needOf({ from, to, why }: Connection): { needs: string; needed: string; why: string } {
  return from === "gateway" ? { needs: to, needed: from, why } : { needs: from, needed: to, why };
}

/** Nothing that is switched on needs something that is switched off. */
export const switchedOff: Rule = (environment) => {
  const { workloads, services } = environment;
  const serviceOf = (name: string) => own(workloads, name)?.service;
  const needed = connectionsOf(environment).filter(({ optional }) => !optional);
  const needs = needed.flatMap((connection) => {
    const { needs, needed, why } = needOf(connection);
    const [user, used] = [serviceOf(needs), serviceOf(needed)];
    if (user === undefined || used === undefined || services?.[user] !== true || services[used] !== false) return [];
    return [{ user, used, reason: `${needs} (${why})` }];
  });
  const pairs = new Map(needs.map(({ user, used }) => [`${user} ${used}`, { user, used }]));
  return [...pairs.values()].map(({ user, used }) => {
    const reasons = needs.filter((need) => need.user === user && need.used === used).map(({ reason }) => reason);
    return {
      path: ["services", used],
      kind: "dependency",
      value: false,
      allowed: `true, or ${user}: false`,
      message: `${used} is switched off, but ${user} needs it: ${[...new Set(reasons)].join(", ")}.`,
    };
  });
};

/** Two hosts or doors do not have one name. */
export const distinctHosts: Rule = ({ hosts, doors }) => {
  const all = [
    ...entries(hosts).map(([name, { label }]) => ({ path: ["hosts", name, "label"], name, label })),
    ...entries(doors).map(([name, { label }]) => ({ path: ["doors", name, "label"], name, label })),
  ].filter(({ label }) => label !== undefined);
  return repeated(all, ({ label }) => label).map(({ item: { path, name, label }, first }) => ({
    path,
    kind: "duplicate",
    value: label,
    allowed: "a label that no other host or door has",
    suggestion: name,
    message: `${name} and ${first.name} would answer to one name.`,
  }));
};

/** Ports are given to doors that there are. */
export const knownDoors: Rule = ({ doors, doorPorts }) =>
  Object.keys(doorPorts ?? {})
    .filter((name) => !declared(doors, name))
    .map((name) => unknownName(["doorPorts", name], name, "door", Object.keys(doors ?? {})));

/** RFC 1035, section 2.3.4, without the length bytes. */
const LONGEST_HOST_NAME = 253;

/** The longest host name still fits into DNS. */
export const shortDomain: Rule = ({ hosts, domain }) => {
  const longest = Math.max(0, ...entries(hosts).map(([, { label }]) => label?.length ?? 0));
  const most = LONGEST_HOST_NAME - longest - 1;
  if (domain === undefined || domain.length <= most) return [];
  const message = "With this domain, host names are longer than DNS allows.";
  return [
    { path: ["domain"], kind: "name", value: domain, allowed: `a domain of at most ${most} characters`, message },
  ];
};
