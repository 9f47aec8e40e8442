import { type Connection, connectionsOf } from "../connections";
import type { Unchecked } from "../environment";
import { own } from "../plain";
import type { Finding, PathSegment } from "../problem";
import { CLUSTER_PARTIES } from "../schema/workloads";
import { entries, type Rule, repeated, unknownName } from "./rule";

/** Names of a party's ports; undefined if there is no such party. */
function portsOf({ workloads }: Unchecked, name: string): string[] | undefined {
  const ports = own(CLUSTER_PARTIES as Record<string, object>, name) ?? own(workloads, name)?.ports;
  return ports === undefined ? (own(workloads, name) === undefined ? undefined : []) : Object.keys(ports);
}

/** Who connects, to whom and to which port: all are declared. */
export const knownParties: Rule = (environment) => {
  if (environment.workloads === undefined) return [];
  const known = [...Object.keys(environment.workloads), ...Object.keys(CLUSTER_PARTIES)];
  const end = (path: readonly PathSegment[] | undefined, name: string): Finding[] => {
    if (portsOf(environment, name) !== undefined) return [];
    if (path !== undefined) return [unknownName(path, name, "workload", known)];
    const message = `Other parts connect to the workload ${name}.`;
    return [
      {
        path: ["workloads", name],
        kind: "missing",
        value: undefined,
        allowed: "the workload, with its ports",
        message,
      },
    ];
  };
  const found = connectionsOf(environment).flatMap(({ from, to, port, at }): Finding[] => {
    const ports = portsOf(environment, to);
    const portFindings = ports === undefined || ports.includes(port) ? [] : [unknownPort(at.port, to, port, ports)];
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
  const needs = connectionsOf(environment).flatMap((connection) => {
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

/** Two hosts do not have one name, and each whole name fits into DNS. */
export const hostNames: Rule = ({ hosts, domain }) => {
  const labelled = entries(hosts).filter(([, { label }]) => label !== undefined);
  const twice = repeated(labelled, ([, { label }]) => label).map(
    ({ item: [name, { label }], first: [other] }): Finding => ({
      path: ["hosts", name, "label"],
      kind: "duplicate",
      value: label,
      allowed: "a label that no other host has",
      suggestion: name,
      message: `Hosts ${name} and ${other} would answer to one name.`,
    }),
  );
  const long = labelled.flatMap(([name, { label }]): Finding[] => {
    const length = `${label}.${domain ?? ""}`.length;
    if (length <= 253) return [];
    const message = `The whole host name has ${length} characters.`;
    return [
      {
        path: ["hosts", name, "label"],
        kind: "name",
        value: label,
        allowed: "at most 253 characters with the domain",
        message,
      },
    ];
  });
  return [...twice, ...long];
};
