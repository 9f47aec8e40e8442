/** A service that forwards a port of the host. */
export interface Forwarder {
  readonly name: string;
  readonly hostPort: number;
  /** Its `run` script. */
  readonly run: string;
}

/** What makes one set of forwarders another. One that changes is in both. */
export interface Exchange {
  readonly stop: readonly Forwarder[];
  readonly start: readonly Forwarder[];
}

export function exchangeOf(running: readonly Forwarder[], wanted: readonly Forwarder[]): Exchange {
  return { stop: without(running, wanted), start: without(wanted, running) };
}

/** The exchange in words, such as `15432 gone, 10000 new`; empty where nothing changes. */
export function portsLine({ stop, start }: Exchange): string {
  const before = stop.map(({ hostPort }) => hostPort);
  const after = start.map(({ hostPort }) => hostPort);
  return [
    ...before.map((port) => `${port} ${after.includes(port) ? "changed" : "gone"}`),
    ...after.filter((port) => !before.includes(port)).map((port) => `${port} new`),
  ].join(", ");
}

/** The services that forward a port of the host, known by their `run` scripts. */
export function forwardersAmong(runScripts: Readonly<Record<string, string>>): readonly Forwarder[] {
  return Object.entries(runScripts).flatMap(([name, run]) => {
    const port = run.match(/ TCP-LISTEN:(\d+),/)?.[1];
    return port === undefined ? [] : [{ name, hostPort: Number(port), run }];
  });
}

function without(some: readonly Forwarder[], others: readonly Forwarder[]): readonly Forwarder[] {
  return some.filter(({ name, run }) => !others.some((other) => other.name === name && other.run === run));
}
