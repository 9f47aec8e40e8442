import { run } from "../../scripts/lib/run";
import { logOf, type References } from "./build";
import { findEngine } from "./find-engine";
import { limited } from "./limited";

/** containerd's namespace of the kubelet's images. */
const NAMESPACE = "k8s.io";

/** Images that are unpacked side by side: each does one thing after the other, and waits for the disk between. */
const IMPORTS = 2;

/** Brings images into a node's containerd, given by its socket; those that it has are left alone. Answers how many it lacked. */
export async function importIntoNode(socket: string, references: References): Promise<number> {
  const ctr = (args: readonly string[], log?: string) =>
    run("ctr", ["--address", socket, "--namespace", NAMESPACE, ...args], log === undefined ? {} : { log });
  const present = new Set((await ctr(["images", "ls", "-q"])).split("\n"));
  const lacking = Object.entries(references).filter(([, reference]) => !present.has(reference));
  const engine = await findEngine();
  const turn = limited(IMPORTS);
  await Promise.all(
    lacking.map(([name, reference]) =>
      turn(async () => {
        const archive = await engine.archive(reference, logOf(name));
        await ctr(["images", "import", archive], logOf(name));
      }),
    ),
  );
  return lacking.length;
}

/** Brings the images that were built here into a kind cluster, whose nodes fetch all others themselves. */
export async function loadIntoKind(cluster: string, references: References): Promise<number> {
  const own = Object.entries(references).filter(([, reference]) => reference.startsWith("localhost/"));
  const engine = await findEngine();
  for (const [name, reference] of own) {
    const archive = await engine.archive(reference, logOf(name));
    await run("kind", ["load", "image-archive", archive, "--name", cluster], { log: logOf(name) });
  }
  return own.length;
}

/**
 * Pushes the images that were built here to a registry, given by its address and a path under it (`registry.example.org/platform`).
 * Answers the references that a cluster pulls them by.
 */
export async function pushToRegistry(address: string, references: References): Promise<References> {
  const engine = await findEngine();
  const pushed = { ...references };
  for (const [name, reference] of Object.entries(references)) {
    if (!reference.startsWith("localhost/")) continue;
    const target = `${address}/${reference.slice(reference.lastIndexOf("/") + 1)}`;
    await engine.push(reference, target, logOf(name));
    Object.assign(pushed, { [name]: target });
  }
  return pushed;
}
