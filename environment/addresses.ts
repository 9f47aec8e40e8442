/** An IPv4 network as the first and last address that it holds. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** The number of an IPv4 address; undefined if the text is none. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}

/** Writes the number of an IPv4 address. */
export function formatAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

/** The range of a network in CIDR notation; undefined if the text is none. Bits beyond the prefix are ignored. */
export function parseNetwork(text: string): AddressRange | undefined {
  const [, base, prefix] = /^([\d.]+)\/(\d|[12]\d|3[0-2])$/.exec(text) ?? [];
  const address = base === undefined ? undefined : parseAddress(base);
  if (address === undefined) return undefined;
  const size = 2 ** (32 - Number(prefix));
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}

/** The same network without bits beyond its prefix: `10.0.0.7/24` becomes `10.0.0.0/24`. */
export function canonicalNetwork(text: string): string | undefined {
  const range = parseNetwork(text);
  return range === undefined ? undefined : `${formatAddress(range.first)}/${text.split("/")[1]}`;
}

/** Whether two ranges share an address. */
export function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether an address can belong to a machine of the network: not its own, not the broadcast address. */
export function isHostOf(range: AddressRange, address: number): boolean {
  return address > range.first && address < range.last;
}
