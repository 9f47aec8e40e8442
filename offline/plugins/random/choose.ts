import { createHash, randomBytes } from "node:crypto";

/** Where random bytes come from: the operating system, or a seed. */
export type Bytes = (count: number) => Buffer;

/** The operating system's cryptographic generator. */
export const systemBytes: Bytes = randomBytes;

/**
 * Bytes that depend on the seed alone: SHA-256 over seed and block number. The same seed gives the same values in this
 * plugin; they are not those of the official plugin, whose generator is Go's math/rand.
 */
export function seededBytes(seed: string): Bytes {
  let block = 0;
  let rest = Buffer.alloc(0);
  return (count) => {
    while (rest.length < count) {
      const next = createHash("sha256").update(`${block}\n`).update(seed).digest();
      rest = Buffer.concat([rest, next]);
      block += 1;
    }
    const taken = rest.subarray(0, count);
    rest = rest.subarray(count);
    return taken;
  };
}

/** A whole number from 0 to `limit - 1`, each equally likely: values beyond the limit are drawn again, never folded. */
export function below(limit: number, bytes: Bytes): number {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`cannot choose out of ${limit} values`);
  const bits = limit === 1 ? 0 : (limit - 1).toString(2).length;
  for (;;) {
    const drawn = BigInt(`0x0${bytes(Math.ceil(bits / 8)).toString("hex")}`);
    const value = Number(BigInt.asUintN(bits, drawn));
    if (value < limit) return value;
  }
}

/** The values in a random order (Fisher-Yates), each order equally likely. */
export function shuffled<T>(values: readonly T[], bytes: Bytes): T[] {
  const left = [...values];
  const result: T[] = [];
  while (left.length > 0) result.push(...left.splice(below(left.length, bytes), 1));
  return result;
}
