// What Pulumi starts: loads stacks/main.ts without a build step. See scripts/lib/typescript.cjs.
const path = require("node:path");
const { CannotLoad, load } = require("../scripts/lib/typescript.cjs");

module.exports = async () => {
  try {
    return await load(path.join(__dirname, "main.ts")).program();
  } catch (error) {
    if (!(error instanceof CannotLoad)) throw error;
    const { RunError } = require("@pulumi/pulumi");
    throw new RunError(error.message);
  }
};
