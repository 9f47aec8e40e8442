import assert from "node:assert/strict";
import { elapsed, Progress } from "../../scripts/lib/progress";

/** Collects what is written to it. */
class Collector {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 30;
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

describe("progress", () => {
  it("is a line at the start and one at the end of each step in CI, without control characters", async () => {
    const screen = new Collector(false);
    const progress = new Progress("tools", 2, screen);
    assert.equal(
      await progress.step(
        "etcd",
        async () => 7,
        (result) => `${result} files`,
      ),
      7,
    );
    await assert.rejects(
      progress.step("coredns", () => Promise.reject(new Error("broken"))),
      /broken/,
    );
    const lines = screen.text.trimEnd().split("\n");
    assert.equal(lines.length, 4);
    assert.match(lines[0] ?? "", /^tools \[1\/2\] etcd$/);
    assert.match(lines[1] ?? "", /^tools \[1\/2\] etcd done, 7 files \([\d.]+ s\)$/);
    assert.match(lines[3] ?? "", /^tools \[2\/2\] coredns FAILED/);
    assert.ok(!screen.text.includes("\x1b"));
  });

  it("is one redrawn line on a terminal, no wider than it, with all that runs", () => {
    const screen = new Collector(true);
    const progress = new Progress("tools", 2, screen);
    const one = progress.start("etcd");
    const two = progress.start("coredns-with-a-long-name-of-its-own");
    const drawn = screen.text.split("\r\x1b[K").at(-1) ?? "";
    assert.ok(drawn.includes("etcd") && drawn.length < 30 && !drawn.includes("\n"));
    one.done();
    two.done();
    assert.ok(screen.text.endsWith("\r\x1b[K"));
  });

  it("says what a step has to say, also in CI", () => {
    const screen = new Collector(false);
    const step = new Progress("dags", 1, screen).start("flights");
    step.update("queued");
    step.say("not known yet");
    assert.equal(screen.text, "dags [1/1] flights\ndags [1/1] flights: not known yet\n");
  });

  it("does not say done of what its work has called failed", async () => {
    const screen = new Collector(false);
    await new Progress("dags", 1, screen).step("release", async (step) => step.failed());
    assert.match(screen.text, /release FAILED \([\d.]+ s\)\n$/);
    assert.ok(!screen.text.includes("done"));
  });

  it("ends a step once", () => {
    const screen = new Collector(false);
    const step = new Progress("tools", 1, screen).start("etcd");
    step.done();
    step.failed();
    assert.ok(!screen.text.includes("FAILED"));
  });
});

describe("a duration", () => {
  const cases: [number, string][] = [
    [0, "0.0 s"],
    [9_400, "9.4 s"],
    [12_300, "12 s"],
    [60_000, "1 min 00 s"],
    [3_725_000, "62 min 05 s"],
  ];
  for (const [milliseconds, text] of cases)
    it(`${milliseconds} ms is ${text}`, () => assert.equal(elapsed(milliseconds), text));
});
