import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { down } from "../../offline/cluster/down";
import { type Instance, instanceOf } from "../../offline/cluster/instance";
import { type ClusterParts, up } from "../../offline/cluster/up";
import { paths } from "../lib/paths";
import { elapsed } from "../lib/progress";
import { run } from "../lib/run";

const HELP = `Usage: scripts/cluster up | down [--purge] | status | logs [COMPONENT]
`;

export async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h", default: false }, purge: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const instance = instanceOf(paths.root, process.env);
  const since = Date.now();
  switch (positionals[0]) {
    case "up": {
      const started = await up(instance, parts());
      console.log(
        `cluster: ${instance.name} ${started ? "is up" : "was up already"} (${elapsed(Date.now() - since)}).`,
      );
      return 0;
    }
    case "down":
      await down(instance, values.purge);
      return 0;
  }
  console.error(HELP);
  return 2;
}

function parts(): ClusterParts {
  const k8s = (name: string) => `/root/.cache/seed-tools/k8s/${name}`;
  const image = (name: string) => `localhost/platform/${name}:bootstrap`;
  return {
    tools: {
      etcd: "/root/.cache/seed-tools/etcd",
      "kube-apiserver": k8s("kube-apiserver"),
      "kube-controller-manager": k8s("kube-controller-manager"),
      "kube-scheduler": k8s("kube-scheduler"),
      kubelet: k8s("kubelet"),
      "kube-proxy": k8s("kube-proxy"),
      kubeadm: k8s("kubeadm"),
      kubectl: k8s("kubectl"),
    },
    images: {
      pause: image("pause"),
      coredns: image("coredns"),
      "local-path-provisioner": image("local-path-provisioner"),
    },
    kubernetesVersion: "1.36.3",
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
