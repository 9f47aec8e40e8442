// What Pulumi starts: loads stacks/main.ts without a build step. See scripts/lib/typescript.cjs.
const path = require("node:path");
const { load } = require("../scripts/lib/typescript.cjs");

const { program } = load(path.join(__dirname, "main.ts"));

module.exports = async () => program();
