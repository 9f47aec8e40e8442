import { z } from "zod";
import { address, byteQuantity, dnsLabel, formatted, httpsUrl, name, network } from "./values";

/** A virtual machine. Key: its host name. */
const node = z.strictObject({
  /** `control`: etcd and the API server. `worker`: pods. `load-balancer`: HAProxy and keepalived, holds the virtual address. */
  role: z.enum(["control", "worker", "load-balancer"]),
  /** Its fixed address. */
  address,
  /** Proxmox VE host that it is placed on. */
  host: dnsLabel,
  /** Proxmox VE's number of the machine; 100 to 999999999, unique in the Proxmox VE cluster. */
  vmId: z.int().min(100).max(999_999_999),
  /** CPU cores. */
  cores: z.int().min(1).max(256),
  /** Memory. kubeadm wants 2 GB for a control node (https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/). */
  memory: byteQuantity,
  /** Disk of the system. */
  systemDisk: byteQuantity,
  /** Further disk for etcd (control) or volumes (worker). @default none */
  dataDisk: byteQuantity.exactOptional(),
});

/** What only an on-premises target knows. */
export const onpremShape = {
  /** Addresses. */
  network: z.strictObject({
    /** Network of the machines. */
    nodes: network,
    /** Router of that network. */
    gateway: address,
    /** DNS servers of the machines. */
    dns: z.array(address).min(1).max(3),
    /** Address that moves between the load balancers; the API server and the gateway answer there. */
    virtualAddress: address,
    /** Addresses of pods. */
    pods: network,
    /** Addresses of services. */
    services: network,
  }),
  /** Where the machines are made. The API token is the secret setting `proxmoxToken`. */
  proxmox: z.strictObject({
    /** API of the Proxmox VE cluster. */
    endpoint: httpsUrl,
    /** Hosts of that cluster that may hold machines. */
    hosts: z.array(dnsLabel).min(1),
    /** Bridge that the machines' network cards join. */
    bridge: name("a bridge such as vmbr0", /^[A-Za-z][\w.-]{0,14}$/),
    /** Storage of the machines' disks. */
    diskStorage: name("a storage of Proxmox VE", /^[A-Za-z][\w.-]+$/),
    /** Storage that takes images and ISO files. */
    fileStorage: name("a storage of Proxmox VE", /^[A-Za-z][\w.-]+$/),
    /** Whether control nodes, or load balancers, may share a host: then one host's end ends the cluster. @default false */
    allowColocation: z.boolean().default(false),
  }),
  /** Machines by host name. */
  nodes: z.record(dnsLabel, node),
  /** Where images are pushed and pulled: host, port and path, without scheme. */
  imageRegistry: formatted("a host with an optional port and path", /^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9._/-]+)?$/),
};
