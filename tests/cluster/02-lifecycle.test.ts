import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { clusterProcesses, killAll, signal, until } from "../../offline/cluster/processes";
import { remains } from "../../offline/cluster/remains";
import { KUBELET_SYSCTLS } from "../../offline/cluster/scripts";
import { serviceStates } from "../../offline/cluster/supervise";
import { attempt, run } from "../../scripts/lib/run";
import { freePort, SecondCluster, shellPod, volumeClaim } from "./second-cluster";

/** Notes its start in its volume and goes on until it is told to end. */
const STARTER = "echo started >>/data/starts; trap 'exit 0' TERM; while :; do $b sleep 3600 & wait; done";

/** What a host has of networks, tables and sysctls, as text. */
async function hostNetwork(): Promise<string> {
  const sysctls = ["net/ipv4/ip_forward", ...Object.keys(KUBELET_SYSCTLS)].map(
    (name) => `${name}=${readFileSync(`/proc/sys/${name}`, "utf8")}`,
  );
  const links = await run("ip", ["-br", "link"]);
  return [links, await run("ip", ["route"]), await run("nft", ["list", "ruleset"]), ...sysctls].join("\n");
}

describe("the one-node cluster's life", () => {
  let cluster: SecondCluster;
  let networkBefore: string;

  before(async () => {
    cluster = new SecondCluster(await freePort());
    await cluster.must("down", "--purge");
    networkBefore = await hostNetwork();
  });

  after(() => cluster.must("down", "--purge"));

  /** Waits until the pod that notes each of its starts in its volume has noted so many. */
  async function startsReach(count: number): Promise<void> {
    const noted = async () => {
      const command = ["exec", "starter", "--", "/bin/busybox", "cat", "/data/starts"];
      return (await cluster.kubectl(command).catch(() => "")).split("started").length - 1;
    };
    assert.ok(await until(async () => (await noted()) >= count, 90_000), `${await noted()} of ${count} starts`);
  }

  it("starts from nothing", async () => {
    await cluster.must("up");
    const nodes = JSON.parse(await cluster.kubectl(["get", "nodes", "--output=json"]));
    assert.equal(nodes.items.length, 1);
    assert.equal(statSync(cluster.instance.kubeconfig).mode & 0o777, 0o600);
    const facts = JSON.parse(readFileSync(cluster.instance.clusterFile, "utf8"));
    assert.equal(facts.apiPort, cluster.instance.apiPort);
    assert.equal((await cluster.command("status")).code, 0);
  });

  it("leaves the host's network and sysctls alone while it runs", async () => {
    assert.equal(await hostNetwork(), networkBefore);
    const listening = await run("ss", ["-Hltnp"]);
    const pids = new Set(clusterProcesses(cluster.instance).map(({ pid }) => String(pid)));
    const own = listening.split("\n").filter((line) => pids.has(line.match(/pid=(\d+)/)?.[1] ?? ""));
    assert.equal(own.length, 1, own.join("\n"));
    assert.match(own[0] ?? "", new RegExp(`127\\.0\\.0\\.1:${cluster.instance.apiPort}\\b`));
  });

  it("does nothing when it runs already", async () => {
    const before = clusterProcesses(cluster.instance).map(({ pid }) => pid);
    await cluster.must("up");
    const after = new Set(clusterProcesses(cluster.instance).map(({ pid }) => pid));
    const ended = before.filter((pid) => !after.has(pid));
    assert.deepEqual(ended, []);
  });

  it("waits for another command that changes it, and then finds it running", async () => {
    const results = await Promise.all([cluster.command("up"), cluster.command("up")]);
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0],
    );
  });

  for (const name of ["etcd", "kube-apiserver", "containerd", "kubelet", "kube-proxy", "forward-api"])
    it(`gets ${name} back after kill -9`, async () => {
      const state = async () => (await serviceStates(cluster.instance)).find((service) => service.name === name);
      const killed = await state();
      assert.ok(killed?.pid !== undefined);
      signal(killed.pid, "SIGKILL");
      const back = await until(async () => {
        const now = await state();
        return now?.pid !== undefined && now.pid !== killed.pid && now.healthy && now.restarts > killed.restarts;
      }, 60_000);
      assert.ok(back, `${name} is not back`);
      assert.ok(await until(async () => (await cluster.command("status")).code === 0, 60_000));
    });

  it("keeps its data through kill -9 of everything", async () => {
    await cluster.kubectl(["create", "configmap", "kept", "--from-literal=answer=42"]);
    await cluster.apply(volumeClaim("starts"), await shellPod("starter", STARTER, { claim: "starts", restarts: true }));
    await startsReach(1);
    for (const { pid } of clusterProcesses(cluster.instance)) signal(pid, "SIGKILL");
    await killAll(cluster.instance);
    assert.equal((await cluster.command("status")).code, 1);
    await cluster.must("up");
    assert.equal(await cluster.kubectl(["get", "configmap", "kept", "--output=jsonpath={.data.answer}"]), "42");
    await startsReach(2);
  });

  it("keeps its data through the loss of /run, as after a reboot", async () => {
    await killAll(cluster.instance);
    await attempt("umount", ["--lazy", cluster.instance.netnsFile]);
    await run("rm", ["-rf", cluster.instance.runDir, cluster.instance.netnsLink]);
    await cluster.must("up");
    assert.equal(await cluster.kubectl(["get", "configmap", "kept", "--output=jsonpath={.data.answer}"]), "42");
  });

  it("leaves nothing but its data after down", async () => {
    await cluster.must("down");
    assert.deepEqual(await remains(cluster.instance), []);
    assert.equal(await hostNetwork(), networkBefore);
    assert.ok(existsSync(cluster.instance.dataDir));
    assert.ok(!existsSync(cluster.instance.kubeconfig));
  });

  it("has its data again after down and up", async () => {
    await cluster.must("up");
    assert.equal(await cluster.kubectl(["get", "configmap", "kept", "--output=jsonpath={.data.answer}"]), "42");
    await startsReach(4);
  });

  it("leaves nothing at all after down --purge", async () => {
    await cluster.must("down", "--purge");
    assert.deepEqual(await remains(cluster.instance), []);
    assert.ok(!existsSync(cluster.instance.dataDir));
    await cluster.must("down", "--purge");
  });
});
