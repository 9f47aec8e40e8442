import assert from "node:assert/strict";
import { shownUrl } from "../../scripts/lib/shown-url";

describe("an address that is shown", () => {
  for (const [url, shown] of [
    ["file:///root/state", "file:///root/state"],
    ["s3://bucket/state?region=eu&secret=x", "s3://bucket/state"],
    ["postgres://pulumi:secret@db.example/state", "postgres://db.example/state"],
    ["postgres://pulumi:hunter@2secret@db.example/state", "postgres://db.example/state"],
  ] as const)
    it(`of ${url} is ${shown}`, () => assert.equal(shownUrl(url), shown));
});
