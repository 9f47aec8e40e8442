import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, CommandFailed, passThrough, run } from "../../scripts/lib/run";
import { temporaryFolder } from "../support/temporary-folder";

describe("running programs", () => {
  it("answers standard output and gives the input", async () => {
    assert.equal(await run("cat", [], { input: "text" }), "text");
  });

  it("fails with the exit code, the last lines of the error output and the log", async () => {
    const log = join(temporaryFolder("run"), "deep", "it.log");
    const failure = await run("sh", ["-c", "echo out; echo wrong >&2; exit 3"], { log }).then(
      () => assert.fail("it must fail"),
      (error) => error,
    );
    assert.ok(failure instanceof CommandFailed);
    assert.equal(failure.code, 3);
    assert.match(failure.message, /exit code 3[\s\S]*wrong/);
    assert.ok(failure.message.includes(log));
    assert.match(readFileSync(log, "utf8"), /\$ sh -c[\s\S]*out\nwrong/);
  });

  it("says which program cannot be started", async () => {
    await assert.rejects(run("no-such-program", []), /no-such-program/);
  });

  it("stops a program that takes too long", async () => {
    await assert.rejects(run("sleep", ["60"], { timeout: 50 }), /was stopped/);
  });

  it("hands out lines as they come, cut at line ends alone", async () => {
    const lines: string[] = [];
    await attempt("sh", ["-c", "printf 'one\\ntw'; printf 'o\\n'"], { onLine: (line) => lines.push(line) });
    assert.deepEqual(lines, ["one", "two"]);
  });

  it("answers the exit code without failing", async () => {
    assert.equal((await attempt("false", [])).code, 1);
    assert.equal(await passThrough("true", []), 0);
  });

  it("lets what it passes through end before Ctrl-C ends this process, and does nothing more", async () => {
    const slow = `trap "sleep 0.3; exit 0" INT; echo $$; while :; do sleep 0.1; done`;
    const lines = `require(${JSON.stringify(require.resolve("../../scripts/lib/run"))})
      .passThrough("sh", ["-c", ${JSON.stringify(slow)}]).then(() => setTimeout(() => process.exit(3), 10));`;
    const parent = spawn(process.execPath, ["--import=tsx", "--eval", lines], { detached: true });
    assert.ok(parent.pid !== undefined);
    const [program] = await once(parent.stdout, "data");
    process.kill(-parent.pid, "SIGINT");
    const [, signal] = await once(parent, "exit");
    assert.equal(signal, "SIGINT");
    assert.throws(() => process.kill(Number(program), 0), /ESRCH/);
  });

  it("leaves nobody who listens for Ctrl-C", async () => {
    const before = process.listenerCount("SIGINT");
    await passThrough("true", []);
    await assert.rejects(passThrough("no-such-program", []));
    assert.equal(process.listenerCount("SIGINT"), before);
  });
});
