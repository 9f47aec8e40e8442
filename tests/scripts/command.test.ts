import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { Clone, removeClones } from "../support/clone";

/** A clone whose Node.js says what it is given, whose npm notes that it was called, and whose disk has so many MiB free. */
function fresh(freeMebibytes = 5000): Clone {
  const clone = new Clone();
  const program = (name: string, lines: string) => clone.write(`fakes/${name}`, `#!/bin/sh\n${lines}\n`, 0o755);
  program("node", '[ "$1" = -e ] || echo "$@"');
  program("npm", "mkdir node_modules && touch node_modules/.package-lock.json && echo npm >>npm-calls");
  program("df", `echo "Filesystem 1024-blocks Used Available"; echo "disk 1 1 ${freeMebibytes * 1024} 1% /"`);
  return clone;
}

const greet = (clone: Clone) =>
  clone.sh("scripts/lib/command.sh greet you", { PATH: `${clone.root}/fakes:/usr/bin:/bin` });

describe("a command of a fresh clone", () => {
  after(removeClones);

  it("brings in the npm packages, once, and is run then", () => {
    const clone = fresh();
    for (const call of [greet(clone), greet(clone)])
      assert.deepEqual([call.status, call.stdout], [0, `${clone.root}/scripts/lib/command.cjs greet you\n`]);
    assert.equal(clone.read("npm-calls"), "npm\n");
  });

  it("says at once that the disk has no room for them", () => {
    const clone = fresh(30);
    const { status, stderr } = greet(clone);
    assert.equal(status, 1);
    assert.match(stderr, /^greet: .*1500 MB.*it's a clone.*31 MB are free/);
    assert.ok(!existsSync(`${clone.root}/npm-calls`));
  });

  it("says what to do where nothing can be written", () => {
    const clone = fresh();
    clone.write(".platform/log", "no folder");
    const { status, stderr } = greet(clone);
    assert.equal(status, 1);
    assert.match(stderr, /^greet: .*cannot be written by this user: make it theirs/m);
  });
});
