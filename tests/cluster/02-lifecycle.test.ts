import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { NETWORK } from "../../offline/cluster/instance";
import { clusterProcesses, killAll, signal, supervisor, until } from "../../offline/cluster/processes";
import { remains } from "../../offline/cluster/remains";
import { KUBELET_SYSCTLS } from "../../offline/cluster/scripts";
import { serviceStates } from "../../offline/cluster/supervise";
import { type UpResult, up } from "../../offline/cluster/up";
import { clusterParts } from "../../scripts/lib/cluster-parts";
import { attempt, run } from "../../scripts/lib/run";
import { freePort } from "../support/free-port";
import { SecondCluster, shellPod, volumeClaim } from "./second-cluster";

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

  /** `up` by a port that leads to the API server by another way. */
  async function upWith(hostPort: number): Promise<UpResult> {
    const spare = { name: "spare", hostPort, nodePort: NETWORK.apiPort, instead: "" };
    return up({ ...cluster.instance, hostPorts: [spare] }, await clusterParts());
  }

  async function leadsIn(port: number): Promise<boolean> {
    const args = ["--server", `https://127.0.0.1:${port}`, "get", "--raw", "/readyz"];
    return (await cluster.kubectl(args).catch(() => "")) === "ok";
  }

  /** The first process and those of all components but some. */
  async function pidsBesides(...some: string[]): Promise<readonly string[]> {
    const states = await serviceStates(cluster.instance);
    const others = states.filter(({ name }) => !some.includes(name)).map(({ name, pid }) => `${name} ${pid}`);
    return [`first ${supervisor(cluster.instance)?.pid}`, ...others.sort()];
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
      let now: Awaited<ReturnType<typeof state>>;
      const back = await until(async () => {
        now = await state();
        return now?.pid !== undefined && now.pid !== killed.pid && now.healthy && now.restarts > killed.restarts;
      }, 60_000);
      assert.ok(back, `${name} is not back: ${JSON.stringify(now)}`);
      assert.ok(await until(async () => (await cluster.command("status")).code === 0, 60_000));
    });

  it("exchanges forwarded ports and nothing else while it runs", async () => {
    const [first, second] = [await freePort(), await freePort()];
    const others = await pidsBesides("forward-spare");
    assert.deepEqual(await upWith(first), { problems: [], started: false, ports: `${first} new` });
    assert.ok(await leadsIn(first));
    const open = connect(first, "127.0.0.1").resume();
    await once(open, "connect");
    const cut = once(open, "close");
    assert.equal((await upWith(second)).ports, `${first} gone, ${second} new`);
    await cut;
    assert.deepEqual([await leadsIn(first), await leadsIn(second)], [false, true]);
    assert.deepEqual(await pidsBesides("forward-spare"), others);
    const { hostPorts } = JSON.parse(readFileSync(cluster.instance.clusterFile, "utf8"));
    assert.deepEqual(hostPorts, [{ name: "spare", hostPort: second, nodePort: NETWORK.apiPort }]);
  });

  it("refuses a forwarded port that somebody has, and changes nothing", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const before = [await pidsBesides(), readFileSync(cluster.instance.clusterFile, "utf8")];
    const { problems } = await upWith(port);
    server.close();
    assert.equal(problems.length, 1);
    assert.match(
      problems[0] ?? "",
      new RegExp(`^Port ${port} on 127.0.0.1 is in use by .*\\(process ${process.pid}\\)`),
    );
    assert.deepEqual([await pidsBesides(), readFileSync(cluster.instance.clusterFile, "utf8")], before);
  });

  it("gets another port of its API server while it runs, and says so", async () => {
    const moved = new SecondCluster(await freePort());
    const others = await pidsBesides("forward-api", "forward-spare");
    const { code, stdout } = await moved.command("up");
    assert.equal(code, 0);
    const line = stdout.split("\n").find((each) => each.startsWith("cluster: ports of the host: ")) ?? stdout;
    assert.ok(line.includes(`${cluster.instance.apiPort} gone`), line);
    assert.ok(line.includes(`${moved.instance.apiPort} new`), line);
    assert.equal(await moved.kubectl(["get", "--raw", "/readyz"]), "ok");
    await cluster.must("up");
    assert.deepEqual(await pidsBesides("forward-api"), others);
  });

  it("keeps its data and its forwarded ports through kill -9 of everything", async () => {
    await cluster.kubectl(["create", "configmap", "kept", "--from-literal=answer=42"]);
    await cluster.apply(volumeClaim("starts"), await shellPod("starter", STARTER, { claim: "starts", restarts: true }));
    await startsReach(1);
    const port = await freePort();
    assert.equal((await upWith(port)).ports, `${port} new`);
    for (const { pid } of clusterProcesses(cluster.instance)) signal(pid, "SIGKILL");
    await killAll(cluster.instance);
    assert.equal((await cluster.command("status")).code, 1);
    assert.deepEqual(await upWith(port), { problems: [], started: true, ports: "" });
    assert.ok(await leadsIn(port));
    assert.equal(await cluster.kubectl(["get", "configmap", "kept", "--output=jsonpath={.data.answer}"]), "42");
    await startsReach(2);
  });

  it("keeps its data through the loss of /run, as after a reboot", async () => {
    await killAll(cluster.instance);
    await attempt("umount", ["--lazy", cluster.instance.netnsFile]);
    await run("rm", ["-rf", cluster.instance.runDir, cluster.instance.netnsLink]);
    await cluster.must("up");
    assert.equal(await cluster.kubectl(["get", "configmap", "kept", "--output=jsonpath={.data.answer}"]), "42");
    await startsReach(3);
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
