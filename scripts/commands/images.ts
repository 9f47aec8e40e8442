import { existsSync, statSync } from "node:fs";
import { IMAGE_NAMES, type ImageName, NODE_IMAGES } from "../../images/catalog";
import { archiveOf } from "../../offline/images/archive";
import { buildImages, type References, recordedReferences, recordReferences } from "../../offline/images/build";
import { currentReference } from "../../offline/images/inputs";
import { importIntoNode, loadIntoKind, pushToRegistry } from "../../offline/images/publish";
import { readChoice } from "../../offline/images/upstream";
import { chooseCluster } from "../lib/cluster-choice";
import { observeCluster } from "../lib/cluster-facts";
import { command, refuseUnknown, WrongUsage } from "../lib/command-line";
import { readJson } from "../lib/json-file";
import { paths } from "../lib/paths";

const HELP = `Usage: scripts/images build [--source upstream|own|auto] [NAME...]
       scripts/images publish [--registry ADDRESS]
       scripts/images list

build     makes the images that are missing, all or those named, and records their references in .platform/images.json.
          --source decides anew, for this clone, where those come from that are not the platform's own: from upstream's
          registries, built here, or (auto) from the registries if they can be reached. Without it the choice made before holds.
publish   brings them to where the cluster gets them: into the one-node cluster or kind, or to the registry at ADDRESS
          (such as registry.example.org/platform), whose references are recorded then.
list      says for each image its reference and whether it is there.
`;

const SOURCES = ["upstream", "own", "auto"] as const;
type Source = (typeof SOURCES)[number];
type Cluster = ReturnType<typeof chooseCluster>["cluster"];

/** HOST[:PORT][/PATH], as names of images begin: https://pkg.go.dev/github.com/distribution/reference */
const REGISTRY = /^[a-zA-Z\d]([a-zA-Z\d.-]*[a-zA-Z\d])?(:\d+)?(\/[a-z\d]+([._-]+[a-z\d]+)*)*$/;

const LINE = {
  name: "images",
  help: HELP,
  options: { source: "text", registry: "text" },
  positionals: true,
} as const;

export const main = command(LINE, async ({ source, registry }, [action, ...names]) => {
  if (action !== "build" && (source !== undefined || names.length > 0))
    throw new WrongUsage("names and --source belong to build");
  if (action !== "publish" && registry !== undefined) throw new WrongUsage("--registry belongs to publish");
  if (registry !== undefined && !REGISTRY.test(registry))
    throw new WrongUsage(
      `--registry takes HOST[:PORT][/PATH], such as registry.example.org/platform, not "${registry}"`,
    );
  switch (action) {
    case "build":
      return build(names, source);
    case "publish":
      return publish(registry);
    case "list":
      return list();
    default:
      throw new WrongUsage(action === undefined ? "say build, publish or list" : `there is no command "${action}"`);
  }
});

async function build(names: readonly string[], source: string | undefined): Promise<number> {
  refuseUnknown("image", names, IMAGE_NAMES);
  if (source !== undefined && !isSource(source))
    throw new WrongUsage(`--source is ${SOURCES.join(", ")}, not "${source}"`);
  const { cluster } = chooseCluster(await observeCluster());
  const wanted = names.length > 0 ? names.filter(isImage) : imagesFor(cluster);
  const fetch = cluster === "one-node";
  const references = await buildImages(wanted, source === undefined ? { fetch } : { fetch, source });
  console.log(`images: ${Object.keys(references).length} are there (${readChoice()?.why}); see scripts/images list.`);
  return 0;
}

const isImage = (name: string): name is ImageName => IMAGE_NAMES.some((known) => known === name);
const isSource = (text: string): text is Source => SOURCES.some((known) => known === text);

/** All, but where another Kubernetes is used without what the one-node cluster itself runs. */
function imagesFor(cluster: Cluster): readonly ImageName[] {
  return cluster === "one-node" ? IMAGE_NAMES : IMAGE_NAMES.filter((name) => !NODE_IMAGES.some((own) => own === name));
}

async function publish(registry: string | undefined): Promise<number> {
  const { cluster, why } = chooseCluster(await observeCluster());
  const references = await buildImages(imagesFor(cluster), { fetch: cluster === "one-node" });
  if (registry !== undefined) {
    recordReferences(await pushToRegistry(registry, references));
    console.log(`images: pushed to ${registry}; the references in .platform/images.json are those.`);
    return 0;
  }
  switch (cluster) {
    case "one-node":
      console.log(`images: ${await importIntoNode(nodeSocket(), references)} brought into the node.`);
      return 0;
    case "kind":
      console.log(`images: ${await loadIntoKind("platform", references)} loaded into kind.`);
      return 0;
    case "context":
      return publishToContext(references);
    case "none":
      console.error(`images: ${why}`);
      return 1;
  }
}

function publishToContext(references: References): number {
  const own = Object.entries(references).filter(([, reference]) => reference.startsWith("localhost/"));
  if (own.length === 0) return 0;
  console.error(
    `images: the given cluster cannot get ${own.map(([name]) => name).join(", ")} from this machine. ` +
      "Name a registry that it pulls from: scripts/images publish --registry ADDRESS",
  );
  return 1;
}

function nodeSocket(): string {
  const facts = readJson<{ containerdSocket: string }>(paths.clusterFile, "Mend it: scripts/cluster up");
  if (facts === undefined) throw new Error("the one-node cluster is not up. Start it: scripts/cluster up");
  return facts.containerdSocket;
}

function list(): number {
  const recorded = recordedReferences();
  for (const name of IMAGE_NAMES) {
    const reference = recorded[name];
    const archive = reference === undefined ? undefined : archiveOf(reference);
    const size = archive !== undefined && existsSync(archive) ? `${Math.round(statSync(archive).size / 1e6)} MB` : "";
    console.log(`${name.padEnd(24)}${describe(name, reference).padEnd(12)}${size.padStart(8)}  ${reference ?? ""}`);
  }
  return 0;
}

function describe(name: ImageName, reference: string | undefined): string {
  if (reference === undefined) return "missing";
  if (!reference.startsWith("localhost/")) return "elsewhere";
  return reference === currentReference(name) ? "current" : "outdated";
}
