import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { layDev } from "./dev";
import { stackEnvironment } from "./load-environment";
import { buildPlatform } from "./platform";
import { type WhenReady, whenReady } from "./ready-gate";

/** What the program meets outside of itself. */
export interface Machine {
  /** The repository, with what set-up left in .platform. */
  readonly root: string;
  /** Waits for a cluster's API server. */
  readonly whenReady: WhenReady;
}

const THIS_MACHINE: Machine = { root: join(__dirname, ".."), whenReady };

/** The program of every stack: checks the environment, lays the target's foundation, builds the platform on it. */
export function program(machine = THIS_MACHINE): Record<string, unknown> {
  const environment = stackEnvironment();
  switch (environment.target) {
    case "dev": {
      const foundation = layDev(environment, machine);
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
