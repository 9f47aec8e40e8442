import { readFileSync } from "node:fs";
import { parse } from "yaml";
import {
  definition,
  loadEnvironment,
  type Problem,
  SERVICE_NAMES,
  stackSettings,
  type Target,
} from "../../environment";
import { isMapping } from "../../environment/plain";

/** Changes to data: paths with `/` between their steps, and the new value; undefined takes the entry away. */
export type Edits = Readonly<Record<string, unknown>>;

/** A copy of the data with the edits made; mappings on the way are made where they are missing. */
export function edited(data: unknown, edits: Edits): unknown {
  // Unlike structuredClone, this keeps no object shared between two places.
  const copy: unknown = JSON.parse(JSON.stringify(data));
  for (const [path, value] of Object.entries(edits)) {
    const steps = path.split("/");
    const last = steps.pop() ?? "";
    const holder = steps.reduce<Record<string, unknown>>(
      (inside, step) => {
        if (!isMapping(inside[step]) && !Array.isArray(inside[step])) inside[step] = {};
        return inside[step] as Record<string, unknown>;
      },
      copy as Record<string, unknown>,
    );
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return copy;
}

/** The committed configuration of a target. */
export function committed(target: Target): Record<string, unknown> {
  const file = new URL(`../../Pulumi.${target}.yaml`, `file://${__filename}`);
  return stackSettings(parse(readFileSync(file, "utf8")).config);
}

/** The definition with every service switched on, so that every rule has something to look at. */
export const everythingOn = edited(
  definition,
  Object.fromEntries([...SERVICE_NAMES.map((service) => [`services/${service}`, true]), ["backups/enabled", true]]),
);

/** The problems of a definition and a target's configuration, after edits to either. */
export function problemsOf(target: Target, edits: { definition?: Edits; config?: Edits }): readonly Problem[] {
  const loaded = loadEnvironment(
    edited(everythingOn, edits.definition ?? {}),
    edited(committed(target), edits.config ?? {}),
  );
  return loaded.ok ? [] : loaded.problems;
}

/** Kind, path and, where there is one, suggestion: what tests compare, since wording is free. */
export const inBrief = ({ kind, path, suggestion }: Problem) =>
  `${kind} ${path}${suggestion === undefined ? "" : ` > ${suggestion}`}`;
