import assert from "node:assert/strict";
import { withHostNames, withoutHostNames } from "../../scripts/lib/host-names";

const OTHERS = "127.0.0.1 localhost\n10.0.0.7 nas # backups\n";
const OURS = { names: ["a.localhost", "b.localhost"], mark: "platform-abc123" };
const LINE = "127.0.0.1 a.localhost b.localhost # platform-abc123\n";

describe("names in /etc/hosts", () => {
  it("come after what is there, once", () => {
    const once = withHostNames(OTHERS, OURS);
    assert.equal(once, OTHERS + LINE);
    assert.equal(withHostNames(once, OURS), once);
  });

  it("replace those of before, and leave another clone's", () => {
    const other = withHostNames(OTHERS, { names: ["a.localhost"], mark: "platform-def456" });
    const changed = withHostNames(withHostNames(other, { ...OURS, names: ["gone.localhost"] }), OURS);
    assert.equal(changed, other + LINE);
  });

  it("begin a line where the last one has no end", () => {
    assert.equal(withHostNames("127.0.0.1 localhost", OURS), `127.0.0.1 localhost\n${LINE}`);
    assert.equal(withHostNames("", OURS), LINE);
  });

  it("are taken out again, and nothing else", () => {
    assert.equal(withoutHostNames(OTHERS + LINE, OURS.mark), OTHERS);
    assert.equal(withoutHostNames(OTHERS, OURS.mark), OTHERS);
  });
});
