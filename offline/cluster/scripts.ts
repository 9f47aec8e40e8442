import { join } from "node:path";
import { configPath } from "./configs";
import type { Instance } from "./instance";
import type { Check, Service } from "./services";

/** Where the service folders lie that s6-svscan watches. */
export function scanDir(instance: Instance): string {
  return join(instance.runDir, "service");
}

/** Where s6-log keeps what a service writes. */
export function serviceLogDir(instance: Instance, service: string): string {
  return join(instance.logDir, service);
}

/** Files of a service folder by relative path. All but `notification-fd` are executable. */
export function serviceFiles(instance: Instance, service: Service): Readonly<Record<string, string>> {
  const namespace = service.onHostNetwork ? [] : ["nsenter", `--net=${instance.netnsFile}`];
  const command = [...namespace, ...["s6-notifyoncheck", "-d", "-n", "0", "-w", "250", "-t", "10000"], ...service.argv];
  const wait = service.after.map((name) => `../${name}`).join(" ");
  return {
    run: [
      "#!/bin/sh",
      "exec 2>&1",
      ...(wait === "" ? [] : [`s6-svwait -U -t 120000 ${wait} || exit 1`]),
      `exec ${shellWords(command)}`,
      "",
    ].join("\n"),
    "notification-fd": "3\n",
    "data/check": `#!/bin/sh\n${checkLine(service.check, namespace)}\n`,
    // Two megabytes a file, the newest and four older ones.
    "log/run": `#!/bin/sh\nexec s6-log -b n4 s2000000 ${shellWords([serviceLogDir(instance, service.name)])}\n`,
  };
}

/** The folder of the clone to which a service belongs, from its `log/run`. */
export function cloneOf(logRun: string): string | undefined {
  return logRun.match(/ '?(\/.*)\/\.platform\//)?.[1];
}

/** Asks from within the namespace, whoever runs it. `shut-none`: a server may take a half-closed connection for a lost one. */
function checkLine(check: Check, namespace: readonly string[]): string {
  if (check.kind === "command") return `exec ${shellWords([...namespace, ...check.argv])} >/dev/null 2>&1`;
  const address = `${ADDRESS_OPTIONS[check.kind][0]}:127.0.0.1:${check.port},${ADDRESS_OPTIONS[check.kind][1]}`;
  const ask = shellWords([...namespace, "socat", "-t5", "-T5", "-", address]);
  return `printf 'GET ${check.path} HTTP/1.0\\r\\n\\r\\n' | ${ask} 2>/dev/null | head -n 1 | grep -q ' 200 '`;
}

const ADDRESS_OPTIONS = { http: ["TCP", "shut-none"], https: ["OPENSSL", "shut-none,verify=0"] } as const;

/** Sysctls that the kubelet would set for the whole machine, with the values it wants. */
export const KUBELET_SYSCTLS: Readonly<Record<string, string>> = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** Folders that are made on the host only to be mounted on: the kubelet's device plugins and libcni's cache have fixed paths. */
export const MOUNT_POINTS = ["/var/lib/kubelet", "/var/lib/cni"] as const;

/** Folders that are others inside the cluster's mount namespace; what is in them lasts until the next start. */
export const PRIVATE_FOLDERS = [...MOUNT_POINTS, "/var/log"] as const;

/**
 * The script that becomes the cluster: it joins its cgroups and gets namespaces of its own for processes and mounts. The process
 * namespace makes the end sure (when its first process dies, the kernel kills all the others), the mount namespace takes
 * every mount with it. The host's mounts still come in (`slave`), the cluster's never go out.
 */
export function startScript(instance: Instance, cgroupDirs: readonly string[]): string {
  return [
    "#!/bin/sh",
    "set -eu",
    ...cgroupDirs.map((dir) => `echo $$ >${shellWords([join(dir, "cgroup.procs")])}`),
    `exec unshare --mount --propagation slave --pid --fork --kill-child --mount-proc ${shellWords([join(instance.runDir, "init")])}`,
    "",
  ].join("\n");
}

/** First process of the cluster's own namespaces: hides what is the host's, then supervises. */
export function initScript(instance: Instance): string {
  const hidden = join(instance.runDir, "private");
  const bind = (from: string, to: string) => `mount --bind ${shellWords([from, to])}`;
  const ownRun = join(hidden, "run");
  const within = join(ownRun, instance.name);
  return [
    "#!/bin/sh",
    "set -eu",
    // The kubelet finds what it wants and leaves the machine's values alone.
    ...Object.keys(KUBELET_SYSCTLS).map((name) => bind(sysctlFile(instance, name), `/proc/sys/${name}`)),
    ...PRIVATE_FOLDERS.map((folder) => bind(join(hidden, folder), folder)),
    // containerd's shims keep their sockets in /run/containerd whatever its config says: an own /run keeps them apart.
    `mkdir -p ${shellWords([within])}`,
    `mount --rbind ${shellWords([instance.runDir, within])}`,
    `mount --rbind ${shellWords([ownRun])} /run`,
    // Names are looked up in the cluster's own DNS. A link into /run leads nowhere by now.
    "resolver=$(readlink -m /etc/resolv.conf)",
    'case $resolver in /run/*) mkdir -p "$(dirname "$resolver")" && : >>"$resolver" ;; esac',
    `[ ! -e "$resolver" ] || mount --bind ${shellWords([configPath(instance, "node-resolv.conf")])} "$resolver"`,
    "mount --make-rshared /",
    `exec s6-svscan ${shellWords([scanDir(instance)])}`,
    "",
  ].join("\n");
}

/** The file that stands in for a sysctl. */
export function sysctlFile(instance: Instance, name: string): string {
  return join(instance.runDir, "private", "sysctl", name);
}

/** Words quoted for sh. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
