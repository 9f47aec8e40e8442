import { takeRejections } from "./support/rejections";

// An Output in a template string throws instead of printing advice.
process.env["PULUMI_ERROR_OUTPUT_STRING"] = "true";

/** mocha 12 stays green on an unhandled rejection, so a throw inside `apply` would pass unseen. */
export const mochaHooks = {
  async afterEach(): Promise<void> {
    const [failure] = await takeRejections();
    if (failure !== undefined) throw failure;
  },
};
