import truth from "../../pipelines/tests/truth.json";
import type { FlightCounts } from "../../scripts/lib/flight-counts";

/**
 * What must be in PostgreSQL in the end. pipelines/tests/test_truth.py holds these figures to the CSV file, with no code in common
 * with the pipeline.
 */
export function flightsTruth(): FlightCounts["postgres"] {
  return truth;
}
