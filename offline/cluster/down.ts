import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../../scripts/lib/run";
import { removeCgroups } from "./cgroups";
import { INSTANCE_NAME, type Instance } from "./instance";
import { removeNetwork } from "./network";
import { type ClusterProcess, clusterProcesses, killAll, signal, supervisor, until } from "./processes";
import { MOUNT_POINTS, scanDir } from "./scripts";

/** Milliseconds that pods, and then each service, get to end by themselves before they are killed. */
const GRACE = 20_000;

/** Takes the cluster away; with `purge` also its data. Nothing being there is no error. */
export async function down(instance: Instance, purge: boolean): Promise<void> {
  if (purge) await killAll(instance);
  else await stop(instance);
  await sweep(instance);
  for (const file of [instance.clusterFile, instance.kubeconfig]) rmSync(file, { force: true });
  if (purge) removeData(instance.dataDir);
}

/** A folder that a disk is mounted on stays, empty. */
function removeData(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder)) rmSync(join(folder, entry), { recursive: true, force: true });
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EBUSY") throw error;
  }
}

/** Ends every process, gently where it can: what restarts others first, then the pods, the API server, etcd, and the rest. */
export async function stop(instance: Instance): Promise<void> {
  if (supervisor(instance) !== undefined) {
    await stopServices(instance, ["kubelet", "kube-controller-manager", "kube-scheduler", "kube-proxy"]);
    const containers = containerProcesses(clusterProcesses(instance));
    for (const { pid } of containers) signal(pid, "SIGTERM");
    const pids = new Set(containers.map(({ pid }) => pid));
    await until(() => !clusterProcesses(instance).some(({ pid }) => pids.has(pid)), GRACE);
    await stopServices(instance, ["kube-apiserver"]);
    await stopServices(instance, ["etcd"]);
  }
  await killAll(instance);
}

/** Takes away what is left of a cluster without processes: namespace, cgroups, sockets. Its mounts ended with its processes. */
export async function sweep(instance: Instance): Promise<void> {
  await removeNetwork(instance);
  if (!(await until(() => removeCgroups(instance.name), GRACE)))
    throw new Error(`The cgroup ${instance.name} stays busy. Run \`scripts/cluster down\` again.`);
  rmSync(instance.runDir, { recursive: true, force: true });
  removeMountPoints();
}

/**
 * Removes the folders that were made only to mount on, unless another cluster of this machine is there: removing a folder
 * takes away what other mount namespaces have mounted on it.
 */
function removeMountPoints(): void {
  if (readdirSync("/run").some((name) => INSTANCE_NAME.test(name))) return;
  for (const folder of MOUNT_POINTS) {
    try {
      rmdirSync(folder);
    } catch {
      // It is not there, or it holds something that is not the cluster's.
    }
  }
}

async function stopServices(instance: Instance, services: readonly string[]): Promise<void> {
  const dirs = services.map((service) => join(scanDir(instance), service));
  await Promise.all(dirs.map((dir) => attempt("s6-svc", ["-d", dir])));
  await attempt("s6-svwait", ["-D", "-t", String(GRACE), ...dirs]);
}

/** First processes of containers: those that a containerd shim has started. */
function containerProcesses(processes: readonly ClusterProcess[]): readonly ClusterProcess[] {
  const shims = new Set(processes.filter(({ argv }) => argv[0]?.includes("containerd-shim")).map(({ pid }) => pid));
  return processes.filter(({ parent }) => shims.has(parent));
}
