import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { layDev } from "./dev";
import { stackEnvironment } from "./load-environment";
import { buildPlatform } from "./platform";

/** The repository; this file is two levels below it. */
const ROOT = join(__dirname, "..");

/** The program of every stack: checks the environment, lays the target's foundation, builds the platform on it. */
export function program(): Record<string, unknown> {
  const environment = stackEnvironment();
  switch (environment.target) {
    case "dev": {
      const foundation = layDev(environment, ROOT);
      return environment.layers.includes("platform") ? buildPlatform(environment, foundation) : {};
    }
    case "onprem":
    case "aws":
      return refuseToBuild(environment.target);
    default:
      return environment satisfies never;
  }
}

/** A preview says that only the environment was checked; anything that would touch something is refused. */
function refuseToBuild(target: string): Record<string, never> {
  const message = `The foundation of the target "${target}" is not there yet: the environment was loaded and checked, nothing is built.`;
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(message);
  pulumi.log.warn(message);
  return {};
}
