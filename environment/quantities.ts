const BINARY_UNITS = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
const TIME_UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const BYTES = /^([1-9]\d*)(Ki|Mi|Gi|Ti)$/;
const CPU = /^(?:([1-9]\d*)m|([1-9]\d*|\d+\.\d{1,3}))$/;
const DURATION = /^([1-9]\d*)(ms|s|m|h|d)$/;

/** Bytes of a memory or storage quantity such as `512Mi`; undefined if it is none. */
export function parseBytes(quantity: string): number | undefined {
  const [, count, unit] = BYTES.exec(quantity) ?? [];
  return count === undefined ? undefined : Number(count) * BINARY_UNITS[unit as keyof typeof BINARY_UNITS];
}

/** Thousandths of a CPU of a quantity such as `250m`, `2` or `0.5`; undefined if it is none. */
export function parseMillicores(quantity: string): number | undefined {
  const [, milli, whole] = CPU.exec(quantity) ?? [];
  if (milli !== undefined) return Number(milli);
  const millicores = Math.round(Number(whole) * 1000);
  return millicores > 0 ? millicores : undefined;
}

/** Milliseconds of a duration such as `7d`; undefined if it is none. */
export function parseMilliseconds(duration: string): number | undefined {
  const [, count, unit] = DURATION.exec(duration) ?? [];
  return count === undefined ? undefined : Number(count) * TIME_UNITS[unit as keyof typeof TIME_UNITS];
}

function checked(read: (text: string) => number | undefined, what: string): (text: string) => number {
  return (text) => {
    const number = read(text);
    if (number === undefined) throw new RangeError(`"${text}" is not ${what}.`);
    return number;
  };
}

/** Bytes of a quantity from a checked environment (`512Mi`). @throws RangeError if it is none */
export const bytes = checked(parseBytes, "a quantity of bytes such as 512Mi");
/** Thousandths of a CPU of a quantity from a checked environment (`250m`, `2`). @throws RangeError if it is none */
export const millicores = checked(parseMillicores, "a quantity of CPUs such as 250m");
/** Milliseconds of a duration from a checked environment (`7d`). @throws RangeError if it is none */
export const milliseconds = checked(parseMilliseconds, "a duration such as 7d");

/** What a person probably meant by a quantity with another unit, or none for hundreds: `512MB`, `512m` and `512` become `512Mi`. */
export function suggestBytes(text: string): string | undefined {
  if (/^[1-9]\d{2,5}$/.test(text)) return `${text}Mi`;
  const [, count, unit] = /^([1-9]\d*)\s*([kmgt])(?:i?b)?$/i.exec(text.trim()) ?? [];
  return count === undefined || unit === undefined ? undefined : `${count}${unit.toUpperCase()}i`;
}

/** What a person probably meant by a duration with another unit: `7 days` becomes `7d`. */
export function suggestDuration(text: string): string | undefined {
  const [, count, unit] = /^([1-9]\d*)\s*(milli|s|m|h|d)[a-z]*$/i.exec(text.trim()) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return `${count}${unit.toLowerCase() === "milli" ? "ms" : unit.toLowerCase()}`;
}
