import { SETUP_CONTEXT } from "../../environment";
import { NODE_IMAGES } from "../../images/catalog";
import { CLUSTER_TOOLS, type ClusterTools, type NodeImages } from "../../offline/cluster/tools";
import type { ClusterParts } from "../../offline/cluster/up";
import { buildImages, type References, recordedReferences } from "../../offline/images/build";
import { findEngine } from "../../offline/images/find-engine";
import { currentReference } from "../../offline/images/inputs";
import { makeNodeFolder } from "../../offline/images/node-store";
import { importIntoNode } from "../../offline/images/publish";
import versions from "../../versions.json";
import { toolPath } from "./tools";

/** What `scripts/cluster up` starts the one-node cluster with: tools that are built, images that are built where they are missing. */
export async function clusterParts(): Promise<ClusterParts> {
  return {
    tools: Object.fromEntries(CLUSTER_TOOLS.map((name) => [name, toolPath(name)])) as unknown as ClusterTools,
    images: Object.fromEntries(NODE_IMAGES.map((name) => [name, currentReference(name)])) as unknown as NodeImages,
    kubernetesVersion: versions.kubernetes,
    context: SETUP_CONTEXT,
    makeImageFolder: async (folder, say) => {
      await buildImages(NODE_IMAGES);
      await makeNodeFolder(folder, await thoseAtHand(recordedReferences()), say);
    },
    importImages: async ({ containerdSocket }) => {
      await importIntoNode(containerdSocket, await buildImages(NODE_IMAGES));
    },
  };
}

/** Those images of which this machine has an archive; the record may name some that were built elsewhere, or long ago. */
async function thoseAtHand(references: References): Promise<References> {
  const engine = await findEngine();
  const all = await Promise.all(
    Object.entries(references).map(async (entry) => ((await engine.has(entry[1])) ? [entry] : [])),
  );
  return Object.fromEntries(all.flat());
}
