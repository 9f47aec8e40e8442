import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paths } from "../../../scripts/lib/paths";
import { eventually, get, kubectl, succeeds } from "../../support/cli";

/** Keys of Secrets that hold no secret: they say where something is, who one is, or which authority to trust. */
const PUBLIC_KEYS = new Set([
  "host",
  "port",
  "database",
  "username",
  // Who uses the object store: the application.
  "accessKey",
  "bootstrap",
  "endpoint",
  "region",
  "bucket",
  "issuer",
  "authorization-endpoint",
  "end-session-endpoint",
  "token-endpoint",
  "jwks-uri",
  "userinfo-endpoint",
  "client-id",
  "ca.crt",
  "tls.crt",
]);

/** Shorter values would be found by chance. */
const SHORTEST = 12;

/** A file of more than this is no place where a password is left by mistake. */
const LARGEST_FILE = 50 * 1024 * 1024;

/** Folders of the working tree that hold no text of ours. */
const SKIPPED = new Set(["node_modules", ".git"]);

interface Place {
  readonly name: string;
  readonly content: Buffer;
}

describe("no secret is in plain text", () => {
  const needles = new Map<string, string[]>();

  before(async () => {
    const { items } = await get("secrets", "--all-namespaces", "-l", "platform.data/stack=dev");
    for (const { metadata, data } of items)
      for (const [key, base64] of Object.entries(data ?? {})) {
        const value = Buffer.from(base64, "base64").toString();
        if (PUBLIC_KEYS.has(key) || value.length < SHORTEST) continue;
        needles.set(`${metadata.namespace}/${metadata.name} ${key}`, spellings(value));
      }
    assert.ok(needles.size > 5, `only ${needles.size} secret values in the stack: the test would prove nothing`);
  });

  const assertClean = (places: Iterable<Place>) => {
    const found: string[] = [];
    for (const { name, content } of places)
      for (const [secret, forms] of needles)
        if (forms.some((form) => content.includes(form))) found.push(`${secret} in ${name}`);
    assert.deepEqual(found, []);
  };
  const text = (name: string, content: string): Place => ({ name, content: Buffer.from(content) });

  it("finds a value that is there", () => {
    const [form = ""] = [...needles.values()][0] ?? [];
    assert.throws(() => assertClean([text("here", `x${form}x`)]));
  });
  it("in the state", async () => {
    assertClean([text("pulumi stack export", await succeeds("pulumi", ["stack", "export", "--stack", "dev"]))]);
    assertClean(filesBelow(paths.state));
  });
  it("in a preview, which has no change", async () => {
    const preview = (...form: string[]) =>
      succeeds("pulumi", ["preview", ...form, "--show-sames", "--expect-no-changes", "--stack", "dev"]);
    const [diff, json] = await Promise.all([preview("--diff"), preview("--json")]);
    assertClean([text("pulumi preview", diff), text("pulumi preview --json", json)]);
  });
  it("in stack outputs", async () => {
    assertClean([
      text("pulumi stack output", await succeeds("pulumi", ["stack", "output", "--json", "--stack", "dev"])),
    ]);
  });
  it("in logs of pods", async () => {
    const { items } = await get("pods", "--all-namespaces");
    for (const { metadata } of items) {
      const pod = ["-n", metadata.namespace ?? "", metadata.name];
      // One that just begins, as the backup's does by night, has no log yet.
      const log = await eventually(`the log of ${metadata.name}`, 60, () =>
        kubectl("logs", ...pod, "--all-containers", "--tail=-1"),
      );
      assertClean([text(`the log of ${metadata.name}`, log)]);
    }
  });
  it("in specifications of pods, workloads and config maps", async () => {
    const kinds = "pods,deployments,statefulsets,jobs,configmaps,clusters.postgresql.cnpg.io";
    assertClean([text(kinds, await kubectl("get", kinds, "--all-namespaces", "-o", "json"))]);
  });
  it("in command lines", () => {
    assertClean(
      readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry))
        .flatMap((pid) => read(`/proc/${pid}/cmdline`)),
    );
  });
  it("in the working tree and its logs", () => assertClean(filesBelow(paths.root)));
  it("in temporary files", () => assertClean(filesBelow(tmpdir())));
});

/** A value as itself, in base64, and as part of an address. */
function spellings(value: string): string[] {
  return [value, Buffer.from(value).toString("base64").replace(/=+$/, ""), encodeURIComponent(value)];
}

function* filesBelow(folder: string): Generator<Place> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* filesBelow(path);
    else if (entry.isFile()) yield* read(path);
  }
}

/** The file's content; nothing where it is gone meanwhile or huge. */
function read(path: string): Place[] {
  try {
    return statSync(path).size > LARGEST_FILE ? [] : [{ name: path, content: readFileSync(path) }];
  } catch {
    return [];
  }
}
