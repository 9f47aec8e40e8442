import { lstatSync, mkdirSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { run } from "../../scripts/lib/run";
import { type Instance, NETWORK } from "./instance";

/** Makes the cluster's network namespace with loopback, node address, pod bridge and the route to the services. */
export async function createNetwork(instance: Instance): Promise<void> {
  writeFileSync(instance.netnsFile, "");
  await run("unshare", [`--net=${instance.netnsFile}`, "true"]);
  mkdirSync(dirname(instance.netnsLink), { recursive: true });
  rmSync(instance.netnsLink, { force: true });
  symlinkSync(instance.netnsFile, instance.netnsLink);
  await run("nsenter", [`--net=${instance.netnsFile}`, "sh", "-euc", networkScript()]);
}

/**
 * Commands that set the namespace up. The services' route is needed because a connection without any route fails before
 * kube-proxy's rules can turn it to a pod; `bridge-nf-call-iptables` because an answer between two pods of the bridge would
 * otherwise not be turned back into one of the service.
 */
export function networkScript(): string {
  const { nodeAddress, podBridge, podGateway, podCidr, serviceCidr } = NETWORK;
  const prefix = podCidr.slice(podCidr.indexOf("/"));
  return `[ -e /proc/sys/net/bridge ] || modprobe br_netfilter
ip link set lo up
ip address add ${nodeAddress}/32 dev lo
ip link add ${podBridge} type bridge
ip address add ${podGateway}${prefix} dev ${podBridge}
ip link set ${podBridge} up
ip route add ${serviceCidr} dev ${podBridge} src ${nodeAddress}
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
`;
}

/** Takes the namespace away; its bridge, links and tables go with it once its last process has ended. */
export async function removeNetwork(instance: Instance): Promise<void> {
  while (isMounted(instance.netnsFile)) await run("umount", ["--lazy", instance.netnsFile]);
  if (lstatSync(instance.netnsLink, { throwIfNoEntry: false }) === undefined) return;
  rmSync(instance.netnsLink);
  try {
    rmdirSync(dirname(instance.netnsLink));
  } catch {
    // Other namespaces are there.
  }
}

function isMounted(path: string): boolean {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[4] === path);
}
