import assert from "node:assert/strict";
import { script } from "./cli";

/** What `scripts/counts --json` reads back. */
export interface FlightCounts {
  readonly kafka: {
    readonly records: number;
    readonly keys: number;
    readonly badRecords: number;
    readonly deadLetters: number;
  };
  readonly postgres: {
    readonly rows: number;
    readonly carriers: number;
    readonly origins: Readonly<Record<string, number>>;
    readonly withoutDeparture: number;
    readonly checksum: string;
  };
}

export async function counts(): Promise<FlightCounts> {
  const { code, stdout, stderr } = await script("counts", "--json");
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}
