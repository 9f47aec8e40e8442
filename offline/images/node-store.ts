import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withLock } from "../../scripts/lib/lock";
import { paths } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/run";
import { logOf, type References } from "./build";
import { runContained } from "./contained";
import { checkDisk, explained } from "./disk";
import { findEngine } from "./find-engine";

/**
 * Makes the folder of a new node's containerd, with images in it. They are unpacked once for all clusters of this machine, into a
 * store in the cache, whose files the folder shares where both are on one disk: containerd writes none a second time but its
 * databases. `say` gets what it does where that takes long. Needs root.
 */
export async function makeNodeFolder(
  folder: string,
  references: References,
  say: (what: string) => void,
): Promise<void> {
  const store = join(paths.imageCache, "node");
  const wait = (who: string) => say(`waiting for ${who}, which unpacks images`);
  await withLock(`${store}.lock`, wait, async () => {
    await fillStore(store, references, say);
    await shareStore(join(store, "containerd"), folder);
  });
}

/** What an image takes that is unpacked, its layers beside it, and all of them together (measured, rounded up), in MB. */
const IMAGE_MEGABYTES = 400;
const COPY_MEGABYTES = 7_000;

/**
 * Arguments: socket of containerd, its configuration, a file with a wanted reference and its archive on each line. Two archives
 * at a time: each import does one thing after the other, and waits for the disk between.
 */
const FILL = `set -e
containerd --config "$2" & containerd=$!
export CONTAINERD_ADDRESS="$1" CONTAINERD_NAMESPACE=k8s.io
for attempt in $(seq 300); do ! ctr version >/dev/null 2>&1 || break; sleep 0.1; done
ctr images ls -q >"$3.present"
cut -d' ' -f1 "$3" | grep -vxFf - "$3.present" | xargs -r ctr images rm --sync >/dev/null
while read -r reference archive; do grep -qxF "$reference" "$3.present" || echo "$archive"; done <"$3" |
  xargs -r -d '\\n' -n 1 -P 2 ctr images import
kill $containerd
wait $containerd
`;

async function fillStore(store: string, references: References, say: (what: string) => void): Promise<void> {
  const engine = await findEngine();
  const archives: string[] = [];
  for (const [name, reference] of Object.entries(references))
    archives.push(`${reference} ${await engine.archive(reference, logOf(name))}\n`);
  const wanted = archives.join("");
  const record = join(store, "images");
  if (existsSync(record) && readFileSync(record, "utf8") === wanted) return;
  const known = existsSync(record) ? readFileSync(record, "utf8").split("\n") : [];
  const lacking = archives.filter((line) => !known.includes(line.trimEnd()));
  if (lacking.length > 0) checkDisk(`Unpacking ${lacking.length} images`, lacking.length * IMAGE_MEGABYTES);
  say(`unpacking ${lacking.length} images, once for all clusters of this machine`);
  mkdirSync(store, { recursive: true });
  rmSync(record, { force: true }); // until it is true again
  const [config, list] = [join(store, "config.toml"), join(store, "wanted")];
  // Not in the cache: the path of a socket has 107 characters at most.
  const state = `/run/platform-node-${createHash("sha256").update(store).digest("hex").slice(0, 6)}`;
  const socket = join(state, "containerd.sock");
  writeFileSync(list, wanted);
  writeFileSync(
    config,
    `version = 2
root = "${join(store, "containerd")}"
state = "${state}"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]

[grpc]
  address = "${socket}"
`,
  );
  try {
    await runContained("sh", ["-c", FILL, "fill", socket, config, list], { log: logOf("node-store") });
  } catch (error) {
    throw new Error(explained(error));
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
  renameSync(list, record);
}

/** Databases of containerd, which it changes where they are. */
const DATABASES = ["io.containerd.metadata.v1.bolt/meta.db", "io.containerd.snapshotter.v1.overlayfs/metadata.db"];

/** The folder comes into being whole or not at all. */
async function shareStore(store: string, folder: string): Promise<void> {
  const draft = `${folder}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const sameDisk = statSync(store).dev === statSync(dirname(folder)).dev;
  if (!sameDisk) checkDisk("Copying the images", COPY_MEGABYTES, dirname(folder));
  await run("cp", ["--archive", ...(sameDisk ? ["--link"] : []), store, draft]);
  for (const database of DATABASES)
    await run("cp", ["--remove-destination", join(store, database), join(draft, database)]);
  renameSync(draft, folder);
}
