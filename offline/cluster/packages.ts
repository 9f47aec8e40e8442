/** Debian packages of the one-node cluster, each with a program or folder by which it is known to be there. */
export const PACKAGES: readonly { readonly name: string; readonly provides: string }[] = [
  { name: "containerd", provides: "containerd" },
  { name: "runc", provides: "runc" },
  { name: "containernetworking-plugins", provides: "/usr/lib/cni/bridge" },
  { name: "nftables", provides: "nft" },
  { name: "conntrack", provides: "conntrack" },
  { name: "socat", provides: "socat" },
  { name: "s6", provides: "s6-svscan" },
  { name: "iproute2", provides: "ip" },
  { name: "kmod", provides: "modprobe" },
  { name: "util-linux", provides: "nsenter" },
  { name: "mount", provides: "mount" },
];
