import type { Unchecked } from "../environment";
import type { Finding } from "../problem";
import { bytes } from "../quantities";
import { entries, type Rule, repeated, unknownName } from "./rule";

const ROLES = { control: "control nodes", worker: "workers", "load-balancer": "load balancers" } as const;

const withRole = (nodes: Unchecked["nodes"], role: keyof typeof ROLES) =>
  entries(nodes).filter(([, node]) => node.role === role);

/** etcd runs on the control nodes: of an even number, one more than half must live, so the last adds only risk. */
export const oddControlNodes: Rule = ({ nodes }) => {
  const count = withRole(nodes, "control").length;
  if (count === 0 || count % 2 === 1) return [];
  return [
    {
      path: ["nodes"],
      kind: "quorum",
      value: `${count} control nodes`,
      allowed: "an odd number of control nodes",
      suggestion: `${count + 1} control nodes`,
      message: `etcd with ${count} members survives no more failures than with ${count - 1}.`,
    },
  ];
};

/** A cluster has control nodes and workers, and two load balancers, so that the virtual address can move. */
export const enoughNodes: Rule = ({ nodes }) => {
  if (nodes === undefined) return [];
  const least = { control: 1, worker: 1, "load-balancer": 2 } as const;
  return (Object.keys(ROLES) as (keyof typeof ROLES)[]).flatMap((role): Finding[] => {
    const count = withRole(nodes, role).length;
    if (count >= least[role]) return [];
    const allowed = `at least ${least[role]} with role ${role}`;
    return [
      {
        path: ["nodes"],
        kind: "range",
        value: `${count} ${ROLES[role]}`,
        allowed,
        message: `There are too few ${ROLES[role]}.`,
      },
    ];
  });
};

/** kubeadm refuses a control node with less than 1700 MB: kubernetes/kubernetes, cmd/kubeadm/app/constants, ControlPlaneMem. */
const LEAST_CONTROL_MEMORY = 1700 * 10 ** 6;

/** Control nodes have the memory that kubeadm asks for. */
export const controlMemory: Rule = ({ nodes }) =>
  withRole(nodes, "control").flatMap(([name, { memory }]): Finding[] => {
    if (memory === undefined || bytes(memory) >= LEAST_CONTROL_MEMORY) return [];
    const message = `kubeadm refuses a control node with less than 1700 MB, as ${name} has.`;
    return [
      {
        path: ["nodes", name, "memory"],
        kind: "range",
        value: memory,
        allowed: "2Gi or more",
        suggestion: "2Gi",
        message,
      },
    ];
  });

/** Every machine has a number of its own. */
export const uniqueVmIds: Rule = ({ nodes }) => {
  const numbered = entries(nodes).filter(([, { vmId }]) => vmId !== undefined);
  return repeated(numbered, ([, { vmId }]) => vmId).map(({ item: [name, { vmId }], first: [other] }) => ({
    path: ["nodes", name, "vmId"],
    kind: "duplicate",
    value: vmId,
    allowed: "a number that no other machine has",
    message: `Nodes ${name} and ${other} have the same number in Proxmox VE.`,
  }));
};

/** Machines are placed on hosts that are there. */
export const knownHosts: Rule = ({ nodes, proxmox }) => {
  const hosts = proxmox?.hosts?.filter((host) => host !== undefined);
  if (hosts === undefined) return [];
  return entries(nodes).flatMap(([name, { host }]) =>
    host === undefined || hosts.includes(host)
      ? []
      : [unknownName(["nodes", name, "host"], host, "host of Proxmox VE called", hosts)],
  );
};

/** Control nodes are on hosts of their own, and so are load balancers: else one host's end ends the cluster. */
export const spreadNodes: Rule = ({ nodes, proxmox }) => {
  if (proxmox?.allowColocation === true) return [];
  return (["control", "load-balancer"] as const).flatMap((role) => {
    const hosted = withRole(nodes, role).filter(([, { host }]) => host !== undefined);
    return repeated(hosted, ([, { host }]) => host).map(
      ({ item: [name, { host }], first: [other] }): Finding => ({
        path: ["nodes", name, "host"],
        kind: "placement",
        value: host,
        allowed: `a host without other ${ROLES[role]}, or proxmox.allowColocation: true`,
        message: `Nodes ${name} and ${other} would fail together.`,
      }),
    );
  });
};
