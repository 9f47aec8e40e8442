import { NODE_IMAGES } from "../../images/catalog";
import { CLUSTER_TOOLS, type ClusterTools, type NodeImages } from "../../offline/cluster/tools";
import type { ClusterParts } from "../../offline/cluster/up";
import { buildImages } from "../../offline/images/build";
import { currentReference } from "../../offline/images/inputs";
import { importIntoNode } from "../../offline/images/publish";
import versions from "../../versions.json";
import { toolPath } from "./tools";

/** What `scripts/cluster up` starts the one-node cluster with: tools that are built, images that are built where they are missing. */
export async function clusterParts(): Promise<ClusterParts> {
  return {
    tools: Object.fromEntries(CLUSTER_TOOLS.map((name) => [name, toolPath(name)])) as unknown as ClusterTools,
    images: Object.fromEntries(NODE_IMAGES.map((name) => [name, currentReference(name)])) as unknown as NodeImages,
    kubernetesVersion: versions.kubernetes,
    importImages: async ({ containerdSocket }) => {
      await importIntoNode(containerdSocket, await buildImages(NODE_IMAGES));
    },
  };
}
