/** A field of cron: its least and greatest number. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

/** Days that a month has at most. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * Whether a text is five fields of cron in numbers that some moment meets. Of what Kubernetes takes
 * (https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format), names of months and days and `@daily` are left out.
 */
export function isCron(text: string): boolean {
  const fields = text.split(" ");
  const numbers = FIELDS.map(([least, most], index) => numbersOf(fields[index] ?? "", least, most));
  if (fields.length !== FIELDS.length || numbers.some((found) => found.length === 0)) return false;
  const [, , days = [], months = []] = numbers;
  // Where both days are restricted, either is enough.
  return fields[4] !== "*" || months.some((month) => days.some((day) => day <= (DAYS[month - 1] ?? 0)));
}

/** The numbers that a field means; none where it is no field. */
function numbersOf(field: string, least: number, most: number): number[] {
  const parts = field.split(",").map((part) => {
    const [, star, first, last, step = "1"] = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    const begin = star === undefined ? Number(first) : least;
    const end = star !== undefined || (last === undefined && part.includes("/")) ? most : Number(last ?? first);
    const sound = begin >= least && end <= most && begin <= end && Number(step) > 0;
    return sound ? range(begin, end, Number(step)) : [];
  });
  return parts.some((numbers) => numbers.length === 0) ? [] : parts.flat();
}

const range = (first: number, last: number, step: number): number[] =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
