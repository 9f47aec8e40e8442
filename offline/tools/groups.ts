import versions from "../../versions.json";

/** Programs that are built together, because their Go modules form one dependency graph. */
export interface Group {
  /** Folder under offline/go, which holds go.mod and go.sum. */
  readonly name: string;
  /** Go package of each program. */
  readonly programs: Readonly<Record<string, string>>;
  /** Flags of `go build` beyond those that every group has. */
  readonly flags: readonly string[];
  /** What a cold build adds to Go's caches and ours, in MB: measured, all twelve together about 20 GB. */
  readonly megabytes: number;
}

const STRIPPED = "-s -w";

/** What `kubectl version` and the API server report; both packages hold a copy. */
function kubernetesVersion(): string {
  const [major = "", minor = ""] = versions.kubernetes.split(".");
  const values = { gitVersion: `v${versions.kubernetes}`, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  return ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]
    .flatMap((pkg) => Object.entries(values).map(([name, value]) => `-X ${pkg}.${name}=${value}`))
    .join(" ");
}

/** Every group, in the order of building: first what images are made of, then what the cluster needs, Pulumi last. */
export const GROUPS: readonly Group[] = [
  {
    name: "local-path-provisioner",
    programs: { "local-path-provisioner": "github.com/rancher/local-path-provisioner" },
    flags: ["-ldflags", STRIPPED],
    megabytes: 1000,
  },
  {
    name: "coredns",
    programs: { coredns: "github.com/coredns/coredns" },
    flags: ["-ldflags", STRIPPED],
    megabytes: 2500,
  },
  {
    name: "cloudnative-pg",
    programs: { manager: "github.com/cloudnative-pg/cloudnative-pg/cmd/manager" },
    flags: ["-ldflags", STRIPPED],
    megabytes: 1100,
  },
  {
    name: "envoy-gateway",
    programs: { "envoy-gateway": "github.com/envoyproxy/gateway/cmd/envoy-gateway" },
    flags: [
      "-ldflags",
      `${STRIPPED} -X github.com/envoyproxy/gateway/internal/cmd/version.envoyGatewayVersion=v${versions["envoy-gateway"]}`,
    ],
    megabytes: 2300,
  },
  {
    name: "keda",
    programs: {
      "keda-operator": "github.com/kedacore/keda/v2/cmd/operator",
      "keda-adapter": "github.com/kedacore/keda/v2/cmd/adapter",
    },
    flags: ["-ldflags", `${STRIPPED} -X github.com/kedacore/keda/v2/version.Version=${versions.keda}`],
    megabytes: 3000,
  },
  {
    name: "spark-operator",
    programs: { "spark-operator": "github.com/kubeflow/spark-operator/v2/cmd/operator" },
    flags: ["-ldflags", STRIPPED],
    megabytes: 1000,
  },
  {
    name: "ferretdb",
    // Our own main.go in the group's folder; why it is needed stands there.
    programs: { ferretdb: "." },
    flags: ["-tags", "ferretdb_no_sqlite", "-ldflags", STRIPPED],
    megabytes: 600,
  },
  {
    name: "statsd-exporter",
    programs: { statsd_exporter: "github.com/prometheus/statsd_exporter" },
    flags: ["-ldflags", STRIPPED],
    megabytes: 300,
  },
  { name: "etcd", programs: { etcd: "go.etcd.io/etcd/server/v3" }, flags: ["-ldflags", STRIPPED], megabytes: 600 },
  {
    name: "kubernetes",
    programs: Object.fromEntries(
      [
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kube-proxy",
        "kubelet",
        "kubeadm",
        "kubectl",
      ].map((name) => [name, `k8s.io/kubernetes/cmd/${name}`]),
    ),
    flags: ["-ldflags", `${STRIPPED} ${kubernetesVersion()}`],
    megabytes: 4200,
  },
  {
    name: "pulumi-language-nodejs",
    programs: { "pulumi-language-nodejs": "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs" },
    flags: ["-ldflags", STRIPPED],
    megabytes: 500,
  },
  {
    name: "pulumi",
    programs: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
    // The tags of the official release (pulumi/pulumi .goreleaser.yml: no cgo user lookups, no gRPC reflection tracing).
    flags: [
      "-tags",
      "osusergo,grpcnotrace",
      "-ldflags",
      `${STRIPPED} -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${versions.pulumi}`,
    ],
    megabytes: 2700,
  },
];

/** Groups of the Pulumi engine: built only where the official one cannot be had. */
const ENGINE = ["pulumi", "pulumi-language-nodejs"];

/** The groups that a machine needs. `oneNode`: the one-node cluster is used, not a given or a kind one. */
export function neededGroups({ twins, oneNode }: { twins: boolean; oneNode: boolean }): readonly Group[] {
  return GROUPS.filter(({ name }) => (ENGINE.includes(name) ? twins : oneNode));
}

/** The group that a program belongs to. Throws where there is none. */
export function groupOf(program: string): Group {
  const group = GROUPS.find(({ programs }) => program in programs);
  if (group === undefined) throw new Error(`No Go module group builds "${program}"; see offline/tools/groups.ts.`);
  return group;
}
