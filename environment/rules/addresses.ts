import { formatAddress, isHostOf, overlap, parseAddress, parseNetwork } from "../addresses";
import type { Unchecked } from "../environment";
import type { Finding, PathSegment } from "../problem";
import { entries, type Rule, repeated } from "./rule";

interface Placed {
  readonly path: readonly PathSegment[];
  readonly text: string;
  readonly number: number;
  readonly what: string;
}

function placed(path: readonly PathSegment[], text: string | undefined, what: string): Placed[] {
  const number = text === undefined ? undefined : parseAddress(text);
  return text === undefined || number === undefined ? [] : [{ path, text, number, what }];
}

/** Every address that must be unique in the network of the machines. */
function addressesOf({ network, nodes }: Unchecked): Placed[] {
  return [
    ...placed(["network", "gateway"], network?.gateway, "the router"),
    ...entries(nodes).flatMap(([name, node]) => placed(["nodes", name, "address"], node.address, `node ${name}`)),
    ...placed(["network", "virtualAddress"], network?.virtualAddress, "the virtual address"),
  ];
}

/** No two machines, nor the router or the virtual address, share an address. */
export const uniqueAddresses: Rule = (environment) =>
  repeated(addressesOf(environment), ({ number }) => number).map(({ item, first }) => ({
    path: item.path,
    kind: "duplicate",
    value: item.text,
    allowed: "an address that nothing else has",
    message: `${item.what} has the address of ${first.what}.`,
  }));

/** Machines, router and virtual address are in the network of the machines. */
export const addressesInside: Rule = (environment) => {
  const range = environment.network?.nodes === undefined ? undefined : parseNetwork(environment.network.nodes);
  if (range === undefined) return [];
  return addressesOf(environment)
    .filter(({ number }) => !isHostOf(range, number))
    .map(({ path, text, what }) => ({
      path,
      kind: "outside",
      value: text,
      allowed: `an address from ${formatAddress(range.first + 1)} to ${formatAddress(range.last - 1)}`,
      message: `${what} is outside the network of the machines, ${environment.network?.nodes}.`,
    }));
};

/** The networks of machines, pods, services and the VPC have no address in common. */
export const separateNetworks: Rule = ({ network }) => {
  const kinds = ["nodes", "vpc", "pods", "services"] as const;
  const ranges = kinds.flatMap((kind) => {
    const text = network?.[kind];
    const range = text === undefined ? undefined : parseNetwork(text);
    return text === undefined || range === undefined ? [] : [{ kind, text, range }];
  });
  return ranges.flatMap(({ kind, text, range }, index) =>
    ranges
      .slice(0, index)
      .filter((other) => overlap(other.range, range))
      .map(
        (other): Finding => ({
          path: ["network", kind],
          kind: "overlap",
          value: text,
          allowed: `a network apart from ${other.text}`,
          message: `The networks of ${kind} and ${other.kind} share addresses.`,
        }),
      ),
  );
};
