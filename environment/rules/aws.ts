import { parseNetwork } from "../addresses";
import type { Finding } from "../problem";
import { entries, type Rule, repeated } from "./rule";

/** Availability zones belong to the region. */
export const zonesOfRegion: Rule = ({ region, availabilityZones }) =>
  (availabilityZones ?? []).flatMap((zone, index): Finding[] => {
    if (region === undefined || zone === undefined || zone.slice(0, -1) === region) return [];
    return [
      {
        path: ["availabilityZones", index],
        kind: "outside",
        value: zone,
        allowed: `a zone of ${region}`,
        suggestion: `${region}${zone.slice(-1)}`,
        message: `${zone} is no zone of region ${region}.`,
      },
    ];
  });

/** Each zone is named once. */
export const uniqueZones: Rule = ({ availabilityZones }) => {
  const zones = (availabilityZones ?? []).flatMap((zone, index) => (zone === undefined ? [] : [{ zone, index }]));
  return repeated(zones, ({ zone }) => zone).map(({ item: { zone, index } }) => ({
    path: ["availabilityZones", index],
    kind: "duplicate",
    value: zone,
    allowed: "another zone",
    message: `${zone} is named twice.`,
  }));
};

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const VPC_SIZE = { smallest: 2 ** (32 - 28), largest: 2 ** (32 - 16) };

/** A VPC is a /16 to a /28. */
export const vpcSize: Rule = ({ network }) => {
  const range = network?.vpc === undefined ? undefined : parseNetwork(network.vpc);
  if (range === undefined) return [];
  const size = range.last - range.first + 1;
  if (size >= VPC_SIZE.smallest && size <= VPC_SIZE.largest) return [];
  const message = "AWS makes no VPC of this size.";
  return [{ path: ["network", "vpc"], kind: "range", value: network?.vpc, allowed: "a /16 to a /28", message }];
};

/** A node group's least is not above its most. */
export const nodeGroupSizes: Rule = ({ nodeGroups }) =>
  entries(nodeGroups).flatMap(([name, { min, max }]): Finding[] => {
    if (min === undefined || max === undefined || min <= max) return [];
    const message = `Node group ${name} has more nodes at least than at most.`;
    return [
      { path: ["nodeGroups", name, "min"], kind: "order", value: min, allowed: `at most ${max}, its max`, message },
    ];
  });
