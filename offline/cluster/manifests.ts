import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Instance, NETWORK } from "./instance";
import type { NodeImages } from "./tools";

/** Name of the default storage class. */
export const STORAGE_CLASS = "standard";

/** Of the pods as of the Service: policies see a connection after it was led to a pod, and those for DNS name port 53. */
const DNS_PORT = 53;

/** By which policies and tools know cluster DNS in every cluster. */
const DNS_LABEL = { "k8s-app": "kube-dns" };

/** Lets a user other than root listen there; one of the sysctls that every Pod Security Standard allows. */
const lowPorts = { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] };

/** What every cluster holds: cluster DNS, and dynamic volumes on the node's disk. */
export function nodeManifests(instance: Instance, images: NodeImages): readonly object[] {
  return [kubeletAccess, ...coreDns(images.coredns), ...localPath(instance, images["local-path-provisioner"])];
}

/** Lets the API server ask the kubelet for logs and `exec`; kubeadm binds this in a phase that is not run here. */
const kubeletAccess = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "platform:kube-apiserver-kubelet-client" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:kubelet-api-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "kube-apiserver-kubelet-client" }],
};

const hardened = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

const nonRoot = { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, seccompProfile: { type: "RuntimeDefault" } };

function labels(name: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/part-of": "platform",
    "app.kubernetes.io/managed-by": "cluster",
  };
}

/** Makes pods new when the config that they have read at their start changes. */
function contentHash(content: string): Record<string, string> {
  return { "platform.data/config": createHash("sha256").update(content).digest("hex").slice(0, 12) };
}

/**
 * Names outside the cluster do not exist: there is no way out, and a quick NXDOMAIN beats a time-out. That is a block of its
 * own because `template` comes before `kubernetes` in CoreDNS's fixed order of plugins (its plugin.cfg).
 */
const corefile = `cluster.local:${DNS_PORT} in-addr.arpa:${DNS_PORT} ip6.arpa:${DNS_PORT} {
    errors
    health {
        lameduck 2s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        ttl 5
    }
    cache 5
    loadbalance
}
.:${DNS_PORT} {
    errors
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;

function coreDns(image: string): object[] {
  const metadata = { name: "coredns", namespace: "kube-system", labels: labels("coredns") };
  const selector = { "app.kubernetes.io/name": "coredns" };
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "kube-system", labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "system:coredns", labels: labels("coredns") },
      rules: [
        { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "system:coredns", labels: labels("coredns") },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
      subjects: [{ kind: "ServiceAccount", name: "coredns", namespace: "kube-system" }],
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: corefile } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata, name: "kube-dns", labels: { ...labels("coredns"), ...DNS_LABEL } },
      spec: {
        clusterIP: NETWORK.dnsAddress,
        selector,
        ports: [
          { name: "dns", port: 53, protocol: "UDP", targetPort: "dns" },
          { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: "dns-tcp" },
        ],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 1,
        // One node: a second pod would only wait for the first.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: { ...labels("coredns"), ...DNS_LABEL }, annotations: contentHash(corefile) },
          spec: {
            serviceAccountName: "coredns",
            priorityClassName: "system-cluster-critical",
            dnsPolicy: "Default",
            securityContext: { ...nonRoot, ...lowPorts },
            containers: [
              {
                name: "coredns",
                image,
                imagePullPolicy: "IfNotPresent",
                args: ["-conf", "/etc/coredns/Corefile"],
                ports: [
                  { name: "dns", containerPort: DNS_PORT, protocol: "UDP" },
                  { name: "dns-tcp", containerPort: DNS_PORT, protocol: "TCP" },
                ],
                resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "128Mi" } },
                // Upstream's binary carries this capability and cannot be executed where it is dropped.
                securityContext: hardened,
                readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 2 },
                livenessProbe: { httpGet: { path: "/health", port: 8080 }, periodSeconds: 10, failureThreshold: 5 },
                volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
              },
            ],
            volumes: [{ name: "config", configMap: { name: "coredns" } }],
          },
        },
      },
    },
  ];
}

function localPath(instance: Instance, image: string): object[] {
  const name = "local-path-provisioner";
  const namespace = "local-path-storage";
  const metadata = { name, namespace, labels: labels(name) };
  const selector = { "app.kubernetes.io/name": name };
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const config = {
    "config.json": JSON.stringify({
      nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [join(instance.dataDir, "volumes")] }],
    }),
    setup: '#!/bin/sh\nset -eu\n/bin/busybox mkdir -m 0777 -p "$VOL_DIR"\n',
    teardown: '#!/bin/sh\nset -eu\n/bin/busybox rm -rf "$VOL_DIR"\n',
    "helperPod.yaml": JSON.stringify(helperPod(image)),
  };
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      // Its helper pods mount the node's folder of volumes.
      metadata: { name: namespace, labels: { ...labels(name), "pod-security.kubernetes.io/enforce": "privileged" } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata,
      rules: [
        {
          apiGroups: [""],
          resources: ["pods"],
          verbs: ["get", "list", "watch", "create", "patch", "update", "delete"],
        },
        { apiGroups: [""], resources: ["configmaps", "pods/log"], verbs: ["get", "list", "watch"] },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects,
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name, labels: labels(name) },
      rules: [
        {
          apiGroups: [""],
          resources: ["nodes", "persistentvolumeclaims", "configmaps", "pods"],
          verbs: ["get", "list", "watch"],
        },
        {
          apiGroups: [""],
          resources: ["persistentvolumes"],
          verbs: ["get", "list", "watch", "create", "patch", "update", "delete"],
        },
        { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
        { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get", "list", "watch"] },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name, labels: labels(name) },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects,
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { ...metadata, name: "local-path-config" },
      data: config,
    },
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: {
        name: STORAGE_CLASS,
        labels: labels(name),
        annotations: {
          "storageclass.kubernetes.io/is-default-class": "true",
          // Volumes of type `local` get the group of the pod's fsGroup, those of type `hostPath` do not.
          defaultVolumeType: "local",
        },
      },
      provisioner: "rancher.io/local-path",
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Delete",
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: labels(name), annotations: contentHash(JSON.stringify(config)) },
          spec: {
            serviceAccountName: name,
            securityContext: nonRoot,
            containers: [
              {
                name,
                image,
                imagePullPolicy: "IfNotPresent",
                command: ["local-path-provisioner", "start"],
                args: ["--config", "/etc/config/config.json", "--service-account-name", name, "--helper-image", image],
                env: [
                  { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                  { name: "CONFIG_MOUNT_PATH", value: "/etc/config/" },
                ],
                resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
                securityContext: hardened,
                volumeMounts: [{ name: "config", mountPath: "/etc/config", readOnly: true }],
              },
            ],
            volumes: [{ name: "config", configMap: { name: "local-path-config" } }],
          },
        },
      },
    },
  ];
}

/** Makes or removes the folder of one volume: root, because the folder's owner is whoever used the volume, with no other right. */
function helperPod(image: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "helper-pod", labels: labels("local-path-helper") },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsUser: 0, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "helper-pod",
          image,
          imagePullPolicy: "IfNotPresent",
          resources: { requests: { cpu: "10m", memory: "8Mi" }, limits: { memory: "32Mi" } },
          securityContext: { ...hardened, capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE", "FOWNER"] } },
        },
      ],
    },
  };
}
