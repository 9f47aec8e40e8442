import assert from "node:assert/strict";
import type { FlightCounts } from "../../scripts/lib/flight-counts";
import { script } from "./cli";

/** What `scripts/counts --json` reads back. */
export async function counts(): Promise<FlightCounts> {
  const { code, stdout, stderr } = await script("counts", "--json");
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}
