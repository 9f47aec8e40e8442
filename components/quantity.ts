const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A Kubernetes size such as `2Gi` in whole mebibytes. The size has been checked before. */
export function mebibytes(size: string): number {
  const [, digits = "0", unit = ""] = /^(\d+)([A-Za-z]*)$/.exec(size) ?? [];
  return Math.floor((Number(digits) * (UNITS[unit] ?? 1)) / 2 ** 20);
}
