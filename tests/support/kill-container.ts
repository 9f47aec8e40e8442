import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { get, type KubernetesList } from "./cli";

/** Sends SIGKILL to the first process of a container, of the one running pod that the labels select. */
export async function killContainer(namespace: string, labels: string, container: string): Promise<void> {
  const { items } = await get<KubernetesList>("pods", "-n", namespace, "-l", labels);
  const status = items
    .filter(({ status }) => status?.["phase"] === "Running")
    .flatMap(({ status }) => status?.["containerStatuses"] as { name: string; containerID?: string }[])
    .find(({ name }) => name === container);
  const id = status?.containerID?.replace(/^.*:\/\//, "");
  assert.ok(id !== undefined, `no running container ${container} in ${namespace} with ${labels}`);
  process.kill(firstProcess(id), "SIGKILL");
}

/** The process that has the number 1 in the container. */
function firstProcess(containerId: string): number {
  const first = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .find((pid) => {
      try {
        const isInside = readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(containerId);
        return isInside && /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
      } catch {
        return false; // it ended meanwhile
      }
    });
  assert.ok(first !== undefined, `no first process of the container ${containerId}`);
  return Number(first);
}
