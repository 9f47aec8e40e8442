import { CLUSTER_TOOLS, type ClusterTools } from "../../offline/cluster/tools";
import type { ClusterParts } from "../../offline/cluster/up";
import versions from "../../versions.json";
import { run } from "./run";
import { toolPath } from "./tools";

/** What `scripts/cluster up` starts the one-node cluster with: tools that are built, images that are built. */
export async function clusterParts(): Promise<ClusterParts> {
  const image = (name: string) => `localhost/platform/${name}:bootstrap`;
  return {
    tools: Object.fromEntries(CLUSTER_TOOLS.map((name) => [name, toolPath(name)])) as unknown as ClusterTools,
    images: {
      pause: image("pause"),
      coredns: image("coredns"),
      "local-path-provisioner": image("local-path-provisioner"),
    },
    kubernetesVersion: versions.kubernetes,
    importImages: async (instance) => {
      for (const name of ["pause", "coredns", "local-path-provisioner"])
        await run("ctr", [
          "--namespace",
          "k8s.io",
          "--address",
          instance.containerdSocket,
          "images",
          "import",
          `/tmp/nodeimg/${name}.tar`,
        ]);
    },
  };
}
