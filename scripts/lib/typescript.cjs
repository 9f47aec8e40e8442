// Loads TypeScript without a build step: esbuild bundles the entry and what it imports (npm packages stay outside) into a
// cache keyed by the content of every file that went in, so code is never stale and an unchanged program costs only reading.
const crypto = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const root = path.resolve(__dirname, "..", "..");
const cacheDir = path.join(root, ".platform", "typescript");

/** Code that does not parse, or that fails as it is loaded; the message says where, or what says it. */
class CannotLoad extends Error {}

/** The exports of a TypeScript module, given by its absolute path. Throws `CannotLoad` where that fails. */
function load(entry) {
  const code = bundled(entry);
  const module = new Module(entry, null);
  module.filename = entry;
  module.paths = Module._nodeModulePaths(path.dirname(entry));
  try {
    module._compile(code, entry); // __dirname is then a folder of the sources
  } catch (error) {
    // Nothing is read or done while code is loaded, so this is a mistake that the types show.
    if (!(error instanceof ReferenceError || error instanceof TypeError)) throw error;
    throw new CannotLoad(`${error.message}. node_modules/.bin/tsc says where.`, { cause: error });
  }
  return module.exports;
}

/** Bundles the entry where its cached bundle is missing or stale; answers its code. */
function bundled(entry) {
  const name = path.relative(root, entry).replace(/[/\\]/g, "-").replace(/\.ts$/, "");
  const file = path.join(cacheDir, `${name}.cjs`);
  const record = readJson(`${file}.json`);
  if (record !== undefined && fingerprint(record.inputs) === record.fingerprint) {
    try {
      return fs.readFileSync(file, "utf8");
    } catch {
      // The bundle itself is gone: build it again.
    }
  }
  const result = build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "inline",
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const inputs = Object.keys(result.metafile.inputs).sort();
  const code = result.outputFiles[0].text;
  try {
    fs.mkdirSync(cacheDir, { recursive: true });
    replace(file, code);
    replace(`${file}.json`, JSON.stringify({ inputs, fingerprint: fingerprint(inputs) }));
  } catch {
    // Nobody can write here, or the disk is full: the program runs all the same.
  }
  return code;
}

function build(options) {
  try {
    return require("esbuild").buildSync(options);
  } catch (error) {
    if (!Array.isArray(error.errors)) throw error;
    const lines = error.errors.map(({ text, location }) =>
      location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
    );
    throw new CannotLoad(`the program cannot be loaded:\n  ${lines.join("\n  ")}`);
  }
}

function fingerprint(inputs) {
  const hash = crypto.createHash("sha256").update(`${root}\0${process.versions.node}`);
  for (const input of inputs) {
    try {
      hash.update(`\0${input}\0`).update(fs.readFileSync(path.join(root, input)));
    } catch {
      return undefined;
    }
  }
  return hash.digest("hex");
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes beside and renames, so that two programs that start at once never read half a file. */
function replace(file, text) {
  const beside = `${file}.${process.pid}`;
  fs.writeFileSync(beside, text);
  fs.renameSync(beside, file);
}

module.exports = { CannotLoad, load };
