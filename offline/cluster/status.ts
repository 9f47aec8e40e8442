import type { ServiceState } from "./supervise";

/** The states of all services as a table for people. */
export function statusTable(states: readonly ServiceState[]): string {
  const rows = [
    ["COMPONENT", "PID", "UPTIME", "RESTARTS", "HEALTH"],
    ...states.map(({ name, pid, seconds, restarts, healthy }) => [
      name,
      pid === undefined ? "-" : String(pid),
      pid === undefined ? "-" : duration(seconds),
      String(restarts),
      healthy ? "healthy" : pid === undefined ? "down" : "unhealthy",
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** `42s`, `5m`, `3h`, `2d`, as kubectl shows ages. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
