import assert from "node:assert/strict";
import { definition, type Environment, loadEnvironment, stackSettings } from "../../environment";
import { stackConfig } from "./stack-config";

/** The environment of the committed dev stack. */
export function devEnvironment(): Environment {
  const loaded = loadEnvironment(definition, stackSettings(stackConfig("dev")));
  assert.ok(loaded.ok, "Pulumi.dev.yaml does not load");
  return loaded.environment;
}
