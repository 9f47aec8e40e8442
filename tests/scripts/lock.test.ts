import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { isAlive, type Owner, withLock } from "../../scripts/lib/lock";
import { temporaryFolder } from "../support/temporary-folder";

const newFile = () => join(temporaryFolder("lock"), "deep", "it.lock");
const nobody = () => assert.fail("nobody else holds the lock");

/** A process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn("true");
  await once(child, "close");
  return child.pid ?? assert.fail("true was not started");
}

describe("the lock between processes", () => {
  it("is held during the work, and gone after it with nothing left beside", async () => {
    const file = newFile();
    const result = await withLock(file, nobody, async () => {
      assert.equal((JSON.parse(readFileSync(file, "utf8")) as Owner).pid, process.pid);
      return "done";
    });
    assert.equal(result, "done");
    assert.deepEqual(readdirSync(dirname(file)), []);
  });

  it("is given back where the work fails", async () => {
    const file = newFile();
    await assert.rejects(
      withLock(file, nobody, () => Promise.reject(new Error("broken"))),
      /broken/,
    );
    assert.equal(existsSync(file), false);
  });

  it("lets one work after the other", async () => {
    const file = newFile();
    let inside = 0;
    let waited = 0;
    const work = () =>
      withLock(
        file,
        () => {
          waited += 1;
        },
        async () => {
          inside += 1;
          assert.equal(inside, 1);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
        },
      );
    await Promise.all([work(), work(), work()]);
    assert.ok(waited >= 1);
  });

  it("is taken over from a dead process", async () => {
    const file = newFile();
    await withLock(file, nobody, async () => {});
    writeFileSync(file, JSON.stringify({ pid: await deadPid(), host: hostname(), started: "1" }));
    assert.equal(await withLock(file, nobody, async () => "taken"), "taken");
    assert.deepEqual(readdirSync(dirname(file)), []);
  });

  it("names an owner on another machine, and the file to delete where that is gone", async () => {
    const file = newFile();
    await withLock(file, nobody, async () => {});
    writeFileSync(file, JSON.stringify({ pid: 7, host: "elsewhere", started: "1" }));
    const deletes = (who: string) => {
      assert.equal(who, `process 7 on elsewhere (if that is gone, delete ${file})`);
      rmSync(file);
    };
    assert.equal(await withLock(file, deletes, async () => "taken"), "taken");
  });

  it("knows a new process that has a dead one's pid", () => {
    assert.equal(isAlive({ pid: process.pid, host: hostname(), started: "1" }), false);
  });

  it("takes an owner on another machine to be alive", async () => {
    assert.equal(isAlive({ pid: await deadPid(), host: "elsewhere", started: "1" }), true);
  });
});
