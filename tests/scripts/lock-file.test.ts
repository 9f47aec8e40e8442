import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../scripts/lib/paths";

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

describe("package-lock.json", () => {
  // npm drops what its registry does not serve here, and `npm ci` then refuses the lock (npm/cli#4828).
  it("has an entry for the optional packages of every system", () => {
    const { packages }: LockFile = JSON.parse(readFileSync(join(paths.root, "package-lock.json"), "utf8"));
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
      ),
    );
    assert.deepEqual(missing, []);
  });
});
