import { join } from "node:path";
import { authenticationFile } from "./authentication";
import { componentKubeconfig, configPath, pkiDir } from "./configs";
import { type Instance, NETWORK } from "./instance";
import type { ClusterTools } from "./tools";

/** How to ask a component whether it works. `https` is asked without looking at its certificate: nothing secret is sent. */
export type Check =
  | { readonly kind: "http" | "https"; readonly port: number; readonly path: string }
  | { readonly kind: "command"; readonly argv: readonly string[] };

/** A supervised process. */
export interface Service {
  readonly name: string;
  readonly argv: readonly string[];
  /** Runs in the host's network namespace instead of the cluster's. */
  readonly onHostNetwork: boolean;
  readonly check: Check;
  /** Services that must have been found healthy before this one starts. */
  readonly after: readonly string[];
}

/** A loopback port of the host that is forwarded to an address inside the network namespace. */
export interface Forward {
  readonly name: string;
  readonly hostPort: number;
  readonly address: string;
  /** Asked on the host, so that it goes the whole way. */
  readonly check: Check;
}

/** All services, each after those it needs. */
export function servicesOf(instance: Instance, tools: ClusterTools): readonly Service[] {
  const component = (name: string, argv: readonly string[], check: Check, after: readonly string[]): Service => ({
    name,
    argv,
    onHostNetwork: false,
    check,
    after,
  });
  return [
    component("etcd", [tools.etcd, ...etcdFlags(instance)], { kind: "http", port: 2381, path: "/health" }, []),
    component(
      "containerd",
      ["containerd", "--config", configPath(instance, "containerd.toml")],
      { kind: "command", argv: ["ctr", "--address", instance.containerdSocket, "version"] },
      [],
    ),
    component(
      "kube-apiserver",
      [tools["kube-apiserver"], ...apiserverFlags(instance)],
      { kind: "https", port: NETWORK.apiPort, path: "/readyz" },
      ["etcd"],
    ),
    forwardService(instance, {
      name: "forward-api",
      hostPort: instance.apiPort,
      address: `127.0.0.1:${NETWORK.apiPort}`,
      check: { kind: "https", port: instance.apiPort, path: "/readyz" },
    }),
    ...instance.hostPorts.map(({ name, hostPort, nodePort }) =>
      forwardService(instance, {
        name: `forward-${name}`,
        hostPort,
        address: `${NETWORK.nodeAddress}:${nodePort}`,
        // Nobody need answer yet: what it leads to comes with the platform.
        check: {
          kind: "command",
          argv: ["socat", "-u", "OPEN:/dev/null", `TCP:127.0.0.1:${hostPort},connect-timeout=2`],
        },
      }),
    ),
    component(
      "kube-controller-manager",
      [tools["kube-controller-manager"], ...controllerManagerFlags(instance)],
      { kind: "https", port: 10257, path: "/healthz" },
      ["kube-apiserver"],
    ),
    component(
      "kube-scheduler",
      [tools["kube-scheduler"], ...schedulerFlags(instance)],
      { kind: "https", port: 10259, path: "/readyz" },
      ["kube-apiserver"],
    ),
    component("kubelet", [tools.kubelet, ...kubeletFlags(instance)], { kind: "http", port: 10248, path: "/healthz" }, [
      "containerd",
      "kube-apiserver",
    ]),
    component(
      "kube-proxy",
      [tools["kube-proxy"], `--config=${configPath(instance, "kube-proxy.yaml")}`],
      { kind: "http", port: 10256, path: "/livez" },
      ["kube-apiserver"],
    ),
  ];
}

/** A port of the host's loopback that leads into the namespace: one short-lived socat pair a connection. */
function forwardService(instance: Instance, { name, hostPort, address, check }: Forward): Service {
  return {
    name,
    argv: [
      "socat",
      `TCP-LISTEN:${hostPort},bind=127.0.0.1,fork,reuseaddr,backlog=128`,
      `EXEC:nsenter --net=${instance.netnsFile} socat - TCP\\:${address.replace(":", "\\:")}`,
    ],
    onHostNetwork: true,
    check,
    after: [],
  };
}

function etcdFlags(instance: Instance): string[] {
  const certificate = (name: string) => join(pkiDir(instance), "etcd", name);
  return [
    `--name=${instance.name}`,
    `--data-dir=${join(instance.dataDir, "etcd")}`,
    "--listen-client-urls=https://127.0.0.1:2379",
    "--advertise-client-urls=https://127.0.0.1:2379",
    "--listen-peer-urls=https://127.0.0.1:2380",
    "--initial-advertise-peer-urls=https://127.0.0.1:2380",
    `--initial-cluster=${instance.name}=https://127.0.0.1:2380`,
    "--listen-metrics-urls=http://127.0.0.1:2381",
    "--client-cert-auth=true",
    `--trusted-ca-file=${certificate("ca.crt")}`,
    `--cert-file=${certificate("server.crt")}`,
    `--key-file=${certificate("server.key")}`,
    "--peer-client-cert-auth=true",
    `--peer-trusted-ca-file=${certificate("ca.crt")}`,
    `--peer-cert-file=${certificate("peer.crt")}`,
    `--peer-key-file=${certificate("peer.key")}`,
    "--quota-backend-bytes=1073741824",
    "--log-level=warn",
  ];
}

function apiserverFlags(instance: Instance): string[] {
  const pki = (name: string) => join(pkiDir(instance), name);
  return [
    `--advertise-address=${NETWORK.nodeAddress}`,
    `--secure-port=${NETWORK.apiPort}`,
    `--tls-cert-file=${pki("apiserver.crt")}`,
    `--tls-private-key-file=${pki("apiserver.key")}`,
    `--client-ca-file=${pki("ca.crt")}`,
    "--etcd-servers=https://127.0.0.1:2379",
    `--etcd-cafile=${pki("etcd/ca.crt")}`,
    `--etcd-certfile=${pki("apiserver-etcd-client.crt")}`,
    `--etcd-keyfile=${pki("apiserver-etcd-client.key")}`,
    `--service-cluster-ip-range=${NETWORK.serviceCidr}`,
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${pki("sa.pub")}`,
    `--service-account-signing-key-file=${pki("sa.key")}`,
    `--kubelet-client-certificate=${pki("apiserver-kubelet-client.crt")}`,
    `--kubelet-client-key=${pki("apiserver-kubelet-client.key")}`,
    "--kubelet-preferred-address-types=InternalIP",
    `--proxy-client-cert-file=${pki("front-proxy-client.crt")}`,
    `--proxy-client-key-file=${pki("front-proxy-client.key")}`,
    `--requestheader-client-ca-file=${pki("front-proxy-ca.crt")}`,
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-username-headers=X-Remote-User",
    "--authorization-mode=Node,RBAC",
    `--authentication-config=${authenticationFile(instance)}`,
    "--enable-admission-plugins=NodeRestriction",
    `--admission-control-config-file=${configPath(instance, "admission.yaml")}`,
    `--encryption-provider-config=${join(instance.dataDir, "encryption.yaml")}`,
    "--allow-privileged=true",
    "--profiling=false",
  ];
}

function controllerManagerFlags(instance: Instance): string[] {
  const pki = (name: string) => join(pkiDir(instance), name);
  const kubeconfig = componentKubeconfig(instance, "controller-manager");
  return [
    "--bind-address=127.0.0.1",
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    `--client-ca-file=${pki("ca.crt")}`,
    `--requestheader-client-ca-file=${pki("front-proxy-ca.crt")}`,
    `--cluster-signing-cert-file=${pki("ca.crt")}`,
    `--cluster-signing-key-file=${pki("ca.key")}`,
    `--root-ca-file=${pki("ca.crt")}`,
    `--service-account-private-key-file=${pki("sa.key")}`,
    "--use-service-account-credentials=true",
    `--flex-volume-plugin-dir=${join(instance.dataDir, "kubelet", "volume-plugins")}`,
    "--leader-elect=false",
    "--profiling=false",
  ];
}

function schedulerFlags(instance: Instance): string[] {
  const kubeconfig = componentKubeconfig(instance, "scheduler");
  return [
    "--bind-address=127.0.0.1",
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--leader-elect=false",
    "--profiling=false",
  ];
}

function kubeletFlags(instance: Instance): string[] {
  const root = join(instance.dataDir, "kubelet");
  return [
    `--config=${configPath(instance, "kubelet.yaml")}`,
    `--kubeconfig=${componentKubeconfig(instance, "kubelet")}`,
    `--hostname-override=${instance.name}`,
    `--node-ip=${NETWORK.nodeAddress}`,
    `--root-dir=${root}`,
    `--cert-dir=${join(root, "pki")}`,
  ];
}
