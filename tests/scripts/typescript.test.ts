import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CannotLoad, load } from "../../scripts/lib/typescript.cjs";

describe("loading TypeScript without a build step", () => {
  let folder = "";
  beforeEach(() => {
    const platform = join(__dirname, "..", "..", ".platform");
    mkdirSync(platform, { recursive: true });
    folder = mkdtempSync(join(platform, "load-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const value = () => (load(join(folder, "entry.ts")) as { value: unknown }).value;

  it("answers the exports and sees a change in an imported file", () => {
    write("entry.ts", 'export { value } from "./part";');
    write("part.ts", "export const value: number = 1;");
    assert.equal(value(), 1);
    write("part.ts", "export const value: number = 2;");
    assert.equal(value(), 2);
  });
  it("says where code does not parse", () => {
    write("entry.ts", "export const = 1;");
    assert.throws(value, (error: Error) => error instanceof CannotLoad && /entry\.ts:1:14: /.test(error.message));
  });
  it("says what tells the place of a name that is not there", () => {
    write("entry.ts", "export const value = tru;");
    assert.throws(
      value,
      (error: Error) => error instanceof CannotLoad && /^tru is not defined\. .*tsc says where/.test(error.message),
    );
  });
  it("does without its cache where that cannot be written", () => {
    const bundle = join(folder, "..", "typescript", `.platform-${basename(folder)}-entry.cjs`);
    mkdirSync(bundle, { recursive: true });
    write("entry.ts", "export const value = 1;");
    assert.equal(value(), 1);
    rmSync(bundle, { recursive: true });
  });
  it("finds npm packages of the repository", () => {
    write("entry.ts", 'import { parse } from "yaml"; export const value = parse("a: 1");');
    assert.deepEqual(value(), { a: 1 });
  });
});
