import { join } from "node:path";
import { stringify } from "yaml";
import { type Instance, NETWORK } from "./instance";

/** A file to be written under the run folder: its path there and its content. */
export interface ConfigFile {
  readonly path: string;
  readonly content: string;
}

/** Where a rendered config lies. */
export function configPath(instance: Instance, name: string): string {
  return join(instance.runDir, "config", name);
}

/** Folder of images, their snapshots and what containerd knows of its containers. */
export function containerdRoot(instance: Instance): string {
  return join(instance.dataDir, "containerd");
}

/** Folder of the certificates and the service-account keys. */
export function pkiDir(instance: Instance): string {
  return join(instance.dataDir, "pki");
}

/** Where the kubeconfig of a component lies. */
export function componentKubeconfig(instance: Instance, name: string): string {
  return join(instance.dataDir, "kubeconfig", `${name}.conf`);
}

/** Every config file but those that hold secrets, and the one that says whose tokens are taken. */
export function renderConfigs(instance: Instance, pauseImage: string): readonly ConfigFile[] {
  return [
    { path: configPath(instance, "containerd.toml"), content: containerdConfig(instance, pauseImage) },
    { path: configPath(instance, "cni/10-pods.conflist"), content: cniConfig(instance) },
    { path: configPath(instance, "kubelet.yaml"), content: stringify(kubeletConfig(instance)) },
    { path: configPath(instance, "kube-proxy.yaml"), content: stringify(kubeProxyConfig(instance)) },
    { path: configPath(instance, "admission.yaml"), content: stringify(admissionConfig) },
    // CoreDNS and pods with `dnsPolicy: Default` get no name server: nothing outside the namespace can be reached.
    { path: configPath(instance, "resolv.conf"), content: "" },
    { path: configPath(instance, "node-resolv.conf"), content: nodeResolver },
  ];
}

/** What `kubeadm init phase certs` and `phase kubeconfig` read. */
export function kubeadmConfig(instance: Instance, kubernetesVersion: string): string {
  const init = {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "InitConfiguration",
    localAPIEndpoint: { advertiseAddress: NETWORK.nodeAddress, bindPort: NETWORK.apiPort },
    nodeRegistration: { name: instance.name, criSocket: `unix://${instance.containerdSocket}` },
  };
  const cluster = {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "ClusterConfiguration",
    clusterName: instance.name,
    kubernetesVersion: `v${kubernetesVersion}`,
    certificatesDir: pkiDir(instance),
    // Nobody renews the certificates of a cluster that may be started again after a year.
    certificateValidityPeriod: "87600h0m0s",
    caCertificateValidityPeriod: "87600h0m0s",
    networking: { serviceSubnet: NETWORK.serviceCidr, podSubnet: NETWORK.podCidr, dnsDomain: "cluster.local" },
    apiServer: { certSANs: ["localhost", "127.0.0.1"] },
  };
  return `${stringify(init)}---\n${stringify(cluster)}`;
}

/**
 * Version 2 is read by containerd 1.6 and 1.7 as it is and migrated by 2.x.
 * `restrict_oom_score_adj`: a node inside a container may not lower OOM scores, and sandboxes then fail.
 * `netns_mounts_under_state_dir`: the pods' namespaces lie under the run folder, not in the host's /run/netns.
 */
function containerdConfig(instance: Instance, pauseImage: string): string {
  return `version = 2
root = "${containerdRoot(instance)}"
state = "${join(instance.runDir, "containerd", "state")}"
disabled_plugins = ["io.containerd.internal.v1.opt"]

[grpc]
  address = "${instance.containerdSocket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${configPath(instance, "cni")}"

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "${join(instance.runDir, "containerd", "runc")}"
`;
}

function cniConfig(instance: Instance): string {
  return JSON.stringify(
    {
      cniVersion: "1.0.0",
      name: "pods",
      plugins: [
        {
          type: "bridge",
          bridge: NETWORK.podBridge,
          isGateway: true,
          hairpinMode: true,
          ipam: {
            type: "host-local",
            ranges: [[{ subnet: NETWORK.podCidr, gateway: NETWORK.podGateway }]],
            routes: [{ dst: "0.0.0.0/0" }],
            dataDir: join(instance.runDir, "cni"),
          },
        },
        { type: "portmap", capabilities: { portMappings: true } },
      ],
    },
    null,
    2,
  );
}

function kubeletConfig(instance: Instance): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    containerRuntimeEndpoint: `unix://${instance.containerdSocket}`,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(pkiDir(instance), "ca.crt") },
    },
    authorization: { mode: "Webhook" },
    clusterDNS: [NETWORK.dnsAddress],
    clusterDomain: "cluster.local",
    resolvConf: configPath(instance, "resolv.conf"),
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${instance.name}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    oomScoreAdj: 0,
    maxPods: 250,
    podLogsDir: join(instance.dataDir, "pod-logs"),
    volumePluginDir: join(instance.dataDir, "kubelet", "volume-plugins"),
    healthzBindAddress: "127.0.0.1",
    // The disk is the machine's: percentages of it would evict pods on a laptop that is nearly full, and images that were
    // imported cannot be pulled again, so none is ever removed for being unused.
    imageGCHighThresholdPercent: 100,
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1Gi", "imagefs.available": "1Gi" },
    nodeStatusUpdateFrequency: "10s",
    serializeImagePulls: false,
  };
}

function kubeProxyConfig(instance: Instance): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clusterCIDR: NETWORK.podCidr,
    hostnameOverride: instance.name,
    clientConnection: { kubeconfig: componentKubeconfig(instance, "kube-proxy") },
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
    // These sysctls can be written in the host's own network namespace alone.
    conntrack: { maxPerCore: 0, min: 0 },
    oomScoreAdj: 0,
  };
}

/** The components' own resolver: the API server finds issuers of tokens by the names of their Services. */
const nodeResolver = `nameserver ${NETWORK.dnsAddress}
search cluster.local
options ndots:5 timeout:2 attempts:2
`;

/** Namespaces without a label of their own enforce `baseline`; the platform's are labelled `restricted`. */
const admissionConfig = {
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "AdmissionConfiguration",
  plugins: [
    {
      name: "PodSecurity",
      configuration: {
        apiVersion: "pod-security.admission.config.k8s.io/v1",
        kind: "PodSecurityConfiguration",
        defaults: {
          enforce: "baseline",
          "enforce-version": "latest",
          audit: "baseline",
          "audit-version": "latest",
          warn: "baseline",
          "warn-version": "latest",
        },
        exemptions: { usernames: [], runtimeClasses: [], namespaces: [] },
      },
    },
  ],
};

/** Encrypts Secrets in etcd. `key` is 32 random bytes in base64. */
export function encryptionConfig(key: string): string {
  return stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [
      {
        resources: ["secrets"],
        providers: [{ secretbox: { keys: [{ name: "key1", secret: key }] } }, { identity: {} }],
      },
    ],
  });
}
