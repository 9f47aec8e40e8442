import { namespaceOf } from "./dev-environment";
import type { Kubectl } from "./kubectl";
import { runTemplate } from "./template-run";

/** One backup of one database, as images/backup tells it. */
export interface BackupFacts {
  readonly database: string;
  /** When the snapshot was taken, such as `2026-11-21T03:00:00Z`. */
  readonly time: string;
  readonly bytes: number;
  /** Rows of each table. */
  readonly tables: Readonly<Record<string, number>>;
  readonly rows: number;
}

/** What a run has told. */
export interface BackupRun {
  /** Backups that were made, listed or restored. */
  readonly done: readonly BackupFacts[];
  /** Why something was not done, in words. */
  readonly failures: readonly string[];
}

/** A PodTemplate for each direction: they have keys of their own. */
const TEMPLATES = { backup: "postgres-backup", list: "postgres-restore", restore: "postgres-restore" } as const;
/** Longer than a list, which is answered in seconds. */
const LIMIT_SECONDS = 6 * 3600;

/** Makes, lists or restores backups in a short-lived Job inside the cluster. */
export async function runBackup(
  kubectl: Kubectl,
  action: keyof typeof TEMPLATES,
  args: readonly string[],
  onState: (state: string) => void,
): Promise<BackupRun> {
  const run = {
    namespace: namespaceOf("postgres-restore"),
    template: TEMPLATES[action],
    args: [action, ...args],
    limitSeconds: LIMIT_SECONDS,
    progress: progressIn,
  };
  const { log, exitCode } = await runTemplate(kubectl, run, onState);
  return backupRunIn(log, exitCode);
}

/** What a run has told, by its log. A run that failed has at least one failure. */
export function backupRunIn(log: string, exitCode: number): BackupRun {
  const lines = log.trim().split("\n");
  const events = lines.map(parsed);
  const done = events.filter(({ event }) => event === "backup" || event === "listed" || event === "restored");
  const failures = events.flatMap(({ event, reason }) => (event === "failed" ? [String(reason)] : []));
  const unsaid = exitCode !== 0 && failures.length === 0;
  return {
    done: done as unknown as BackupFacts[],
    failures: unsaid ? [`the Job ended with exit code ${exitCode}: ${lines.at(-1)}`] : failures,
  };
}

/** A moment in the words of the list of backups, of one in any words of ISO 8601; without an offset it is UTC. Undefined where it is none. */
export function momentOf(text: string): string | undefined {
  const day = text.slice(0, "2026-11-21".length);
  const hasOffset = /(Z|[+-]\d\d:?\d\d)$/i.test(text.slice(day.length));
  const milliseconds = isDay(day) ? Date.parse(hasOffset ? text : `${text}Z`) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : `${new Date(milliseconds).toISOString().slice(0, -".000Z".length)}Z`;
}

/** Whether the calendar has the day: `Date` takes 31 February for one in March. */
function isDay(text: string): boolean {
  const noon = new Date(`${text}T12:00:00Z`);
  return !Number.isNaN(noon.getTime()) && noon.toISOString().startsWith(text);
}

/** The databases that no backup is there of, from a moment or before. */
export function withoutBackup(
  backups: readonly BackupFacts[],
  databases: readonly string[],
  at: string | undefined,
): string[] {
  const last = at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at);
  const there = backups.filter(({ time }) => Date.parse(time) <= last).map(({ database }) => database);
  return databases.filter((database) => !there.includes(database));
}

/** How far a run is, by the last line of its log. */
export function progressIn(line: string): string | undefined {
  const { event, database, done, of } = parsed(line.trim());
  if (event !== "progress") return undefined;
  return `${database}: ${megabytes(Number(done))} of ${megabytes(Number(of))} MB`;
}

function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line);
  } catch {
    return {}; // a line of a program's own
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** A line for each backup, under a heading. */
export function backupTable(backups: readonly BackupFacts[]): string[] {
  const rows = [
    ["DATABASE", "TIME", "TABLES", "ROWS", "MB"],
    ...backups.map(({ database, time, tables, rows, bytes }) => [
      database,
      time,
      String(Object.keys(tables).length),
      rows.toLocaleString("en-US"),
      megabytes(bytes),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
