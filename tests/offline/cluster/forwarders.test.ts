import assert from "node:assert/strict";
import { exchangeOf, forwardersAmong, portsLine } from "../../../offline/cluster/forwarders";

const forward = (port: number, to = 1) => `#!/bin/sh\nexec socat TCP-LISTEN:${port},fork EXEC:${to}\n`;

describe("cluster forwarders", () => {
  const cases: readonly (readonly [string, Record<string, string>, Record<string, string>, string])[] = [
    ["nothing where they are the same", { a: forward(1) }, { a: forward(1) }, ""],
    ["one that goes", { a: forward(1), b: forward(2) }, { a: forward(1) }, "2 gone"],
    ["one that comes", {}, { a: forward(1) }, "1 new"],
    ["one that gets another port", { a: forward(1) }, { a: forward(2) }, "1 gone, 2 new"],
    ["one that leads elsewhere", { a: forward(1) }, { a: forward(1, 2) }, "1 changed"],
    ["two that swap", { a: forward(1), b: forward(2) }, { a: forward(2), b: forward(1) }, "1 changed, 2 changed"],
    ["no other service", { etcd: "exec etcd" }, { etcd: "exec etcd --more" }, ""],
  ];
  for (const [name, running, wanted, line] of cases)
    it(`exchange ${name}`, () => {
      assert.equal(portsLine(exchangeOf(forwardersAmong(running), forwardersAmong(wanted))), line);
    });

  it("stop before they start where they change, and stay where they do not", () => {
    const running = forwardersAmong({ kept: forward(1), moved: forward(2), gone: forward(3) });
    const wanted = forwardersAmong({ kept: forward(1), moved: forward(4), come: forward(5) });
    const { stop, start } = exchangeOf(running, wanted);
    const names = (some: typeof stop) => some.map(({ name, hostPort }) => `${name} ${hostPort}`);
    assert.deepEqual(names(stop), ["moved 2", "gone 3"]);
    assert.deepEqual(names(start), ["moved 4", "come 5"]);
  });
});
