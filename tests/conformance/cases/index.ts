import type { ConformanceCase } from "../case";
import { applyCases } from "./apply";
import { customCases } from "./custom";
import { lifeCases } from "./life";
import { namingCases } from "./naming";
import { previewCases } from "./preview";
import { readinessCases } from "./readiness";
import { replaceCases } from "./replace";
import { secretCases } from "./secrets";

/** What a kubernetes plugin must do, official or twin. */
export const cases: readonly ConformanceCase[] = [
  ...applyCases,
  ...namingCases,
  ...replaceCases,
  ...previewCases,
  ...secretCases,
  ...lifeCases,
  ...customCases,
  ...readinessCases,
];
