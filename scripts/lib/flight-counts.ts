/** What the pipeline's `count-documents` reads back. */
export interface DocumentCounts {
  readonly documents: number;
  /** That of the same flights in PostgreSQL. */
  readonly checksum: string;
}

/** What the pipeline's `count` and `count-documents` read back; see pipelines/flights/count.py. */
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
  /** Undefined where there is no document store. */
  readonly documents?: DocumentCounts;
  /** Where they disagree, in words. */
  readonly problems: readonly string[];
}

/** The counts of Kafka and PostgreSQL among the lines that the step wrote. Throws with its last line where there are none. */
export function countsIn(log: string): FlightCounts {
  return toldBy("counts", log) as unknown as FlightCounts;
}

/** The counts of the document store, likewise. */
export function documentCountsIn(log: string): DocumentCounts {
  return toldBy("documents", log) as unknown as DocumentCounts;
}

/** The counts of both, and where they disagree. */
export function withDocuments(counts: FlightCounts, documents: DocumentCounts): FlightCounts {
  const { rows, checksum } = counts.postgres;
  const problems = [
    ...(documents.documents === rows
      ? []
      : [`PostgreSQL has ${rows} rows, the document store ${documents.documents} documents.`]),
    ...(documents.checksum === checksum ? [] : ["The documents are not the flights that PostgreSQL has."]),
  ];
  return { ...counts, documents, problems: [...counts.problems, ...problems] };
}

function toldBy(wanted: string, log: string): Record<string, unknown> {
  const lines = log.trim().split("\n");
  for (const line of lines) {
    const { event, ...fields } = parsed(line);
    if (event === wanted) return fields;
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

/** The counts as lines for people. */
export function countsTable({ kafka, postgres, documents }: FlightCounts): string[] {
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
    ...documentRows(documents),
  ];
  const wide = Math.max(...rows.map(([label]) => label.length));
  const far = Math.max(...rows.map(([, value]) => value.length));
  return rows.map(([label, value]) => `${label.padEnd(wide)}  ${value.padStart(far)}`);
}

function documentRows(counts: DocumentCounts | undefined): [string, string][] {
  if (counts === undefined) return [];
  return [
    ["Document store: documents", number(counts.documents)],
    ["Document store: checksum", counts.checksum.slice(0, 12)],
  ];
}

const number = (value: number): string => value.toLocaleString("en-US");
