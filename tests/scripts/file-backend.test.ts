import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forgetEmptyAttributes, readLocks, removeLocks } from "../../scripts/lib/file-backend";

describe("a file backend", () => {
  const folder = mkdtempSync(join(tmpdir(), "backend-"));
  const env = { PULUMI_BACKEND_URL: `file://${folder}?metadata=skip` };
  const put = (path: string, text: string) => {
    mkdirSync(join(folder, ".pulumi", path, ".."), { recursive: true });
    writeFileSync(join(folder, ".pulumi", path), text);
  };
  after(() => rmSync(folder, { recursive: true }));

  it("has no locks before anybody took one", () => assert.deepEqual(readLocks("dev", env), []));

  it("tells the locks of a stack, without what lies beside them", () => {
    const lock = { pid: 1, hostname: "here", timestamp: "2026-11-21T00:00:00Z" };
    put("locks/organization/platform/dev/a.json", JSON.stringify(lock));
    put("locks/organization/platform/dev/a.json.attrs", "{}");
    const file = join(folder, ".pulumi", "locks", "organization", "platform", "dev", "a.json");
    assert.deepEqual(readLocks("dev", env), [{ file, ...lock }]);
  });

  it("names half a lock, which a crash has left", () => {
    put("locks/organization/platform/half/b.json", "");
    assert.throws(() => readLocks("half", env), /half\/b\.json cannot be read .* delete it/);
  });

  it("loses locks with what lies beside them", () => {
    removeLocks(readLocks("dev", env));
    assert.deepEqual(readdirSync(join(folder, ".pulumi", "locks", "organization", "platform", "dev")), []);
  });

  it("loses attributes that a killed pulumi left empty, and nothing else", () => {
    put("stacks/platform/dev.json", "{}");
    put("stacks/platform/dev.json.attrs", "");
    put("stacks/platform/other.json.attrs", "{}");
    forgetEmptyAttributes(env);
    assert.deepEqual(readdirSync(join(folder, ".pulumi", "stacks", "platform")), ["dev.json", "other.json.attrs"]);
  });

  it("is left alone where it is another's", () => {
    assert.deepEqual(readLocks("dev", { PULUMI_BACKEND_URL: "s3://bucket" }), []);
    forgetEmptyAttributes({});
  });
});
