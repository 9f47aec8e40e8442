import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { layDev } from "./dev";
import { builtImages, type Images } from "./images";
import { stackEnvironment } from "./load-environment";
import { fetchedOperators, type Operators } from "./operators";
import { buildPlatform } from "./platform";
import { type WhenReady, whenReady } from "./ready-gate";

/** What the program meets outside of itself. */
export interface Machine {
  /** The repository. */
  readonly root: string;
  readonly images: Images;
  readonly operators: Operators;
  /** Waits for a cluster's API server. */
  readonly whenReady: WhenReady;
}

/** This machine, with what set-up left in the repository's .platform. */
function thisMachine(): Machine {
  const root = join(__dirname, "..");
  return { root, images: builtImages(root), operators: fetchedOperators(root), whenReady };
}

/** The program of every stack: checks the environment, lays the target's foundation, builds the platform on it. */
export async function program(machine = thisMachine()): Promise<Record<string, unknown>> {
  const environment = stackEnvironment();
  if (environment.services.monitoring)
    throw new pulumi.RunError(
      "services.monitoring is true, but nothing builds metrics and dashboards yet. " +
        "Set it to false in environment/definition.ts, or where the stack's file says otherwise.",
    );
  switch (environment.target) {
    case "dev": {
      const foundation = await layDev(environment, machine);
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
