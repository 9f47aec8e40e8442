/** What the pipeline's `count` reads back; see pipelines/flights/count.py. */
export interface FlightCounts {
  readonly kafka: {
    /** All, with those that were sent more than once. */
    readonly records: number;
    /** Distinct keys of good records. */
    readonly keys: number;
    readonly badRecords: number;
    readonly deadLetters: number;
  };
  readonly postgres: {
    readonly rows: number;
    readonly carriers: number;
    readonly origins: Readonly<Record<string, number>>;
    readonly withoutDeparture: number;
    /** SHA-256 of the rows, ordered by key and written as lines of the CSV file. */
    readonly checksum: string;
  };
  /** What each data way that has run brought into the schema of its name in PostgreSQL. */
  readonly ways: Readonly<Record<string, { readonly rows: number; readonly checksum: string }>>;
  /** Who has not read all records of the topic yet, and how many are left; not compared with others meanwhile. */
  readonly behind: Readonly<Record<string, number>>;
  /** Where they disagree, in words. */
  readonly problems: readonly string[];
}

/** The counts among the lines that the step wrote. Throws with its last line where there are none. */
export function countsIn(log: string): FlightCounts {
  const lines = log.trim().split("\n");
  for (const line of lines) {
    const { event, ...counts } = parsed(line);
    if (event === "counts") return counts as unknown as FlightCounts;
  }
  throw new Error(`Counting failed: ${lines.at(-1) || "it wrote nothing"}`);
}

function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line);
  } catch {
    return {}; // a line of a library's own
  }
}

/** Who has not read all yet, in words. */
export function behindIn({ behind }: FlightCounts): string[] {
  return Object.entries(behind).map(([who, records]) => {
    const next = who === "loader" ? "it is behind until it runs again" : `scripts/dags run flights_${who} brings them`;
    return `${who}: ${records.toLocaleString("en-US")} records of the topic not read yet; ${next}.`;
  });
}

/** The counts as lines for people. */
export function countsTable({ kafka, postgres, ways }: FlightCounts): string[] {
  const number = (value: number) => value.toLocaleString("en-US");
  const rows: [string, string][] = [
    ["Kafka: distinct keys", number(kafka.keys)],
    ["Kafka: records", number(kafka.records)],
    ["Kafka: bad records", number(kafka.badRecords)],
    ["Kafka: dead letters", number(kafka.deadLetters)],
    ["PostgreSQL: rows", number(postgres.rows)],
    ["PostgreSQL: carriers", number(postgres.carriers)],
    ...Object.entries(postgres.origins).map(([origin, count]): [string, string] => [
      `PostgreSQL: rows from ${origin}`,
      number(count),
    ]),
    ["PostgreSQL: without departure time", number(postgres.withoutDeparture)],
    ["PostgreSQL: checksum", postgres.checksum.slice(0, 12)],
    ...Object.entries(ways).flatMap(([way, { rows, checksum }]): [string, string][] => [
      [`${way.toUpperCase()}: rows`, number(rows)],
      [`${way.toUpperCase()}: checksum`, checksum.slice(0, 12)],
    ]),
  ];
  const wide = Math.max(...rows.map(([label]) => label.length));
  const far = Math.max(...rows.map(([, value]) => value.length));
  return rows.map(([label, value]) => `${label.padEnd(wide)}  ${value.padStart(far)}`);
}
