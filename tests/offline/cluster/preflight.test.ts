import assert from "node:assert/strict";
import { type HostFacts, judge } from "../../../offline/cluster/preflight";

const GIB = 1024 ** 3;

const TAKEN = {
  port: 16443,
  owner: "nginx (process 7)",
  end: "End that",
  instead: "PLATFORM_API_PORT=16444 scripts/cluster up",
};

const good: HostFacts = {
  platform: "linux",
  root: true,
  missingPackages: [],
  missingFeatures: [],
  takenPorts: [],
  dataDir: "/var/lib/platform-abc123",
  freeDisk: 50 * GIB,
  hasData: false,
  freeMemory: 8 * GIB,
};

describe("cluster preflight", () => {
  it("finds nothing wrong with a machine that has everything", () => {
    assert.deepEqual(judge(good), []);
  });

  const cases: readonly (readonly [string, Partial<HostFacts>, readonly string[]])[] = [
    ["another system", { platform: "darwin" }, ["Linux", "darwin", "platform:kubeContext"]],
    ["no root", { root: false }, ["root"]],
    ["a missing package", { missingPackages: ["s6"] }, ["s6", "apt-get install s6"]],
    ["two missing packages", { missingPackages: ["s6", "socat"] }, ["apt-get install s6 socat"]],
    ["no overlay file system", { missingFeatures: ["overlay"] }, ["overlay"]],
    ["no bridge", { missingFeatures: ["bridge"] }, ["bridge"]],
    ["no veth", { missingFeatures: ["veth"] }, ["veth"]],
    ["no bridge filter", { missingFeatures: ["br_netfilter"] }, ["br_netfilter"]],
    ["no nftables", { missingFeatures: ["nftables"] }, ["nf_tables"]],
    ["no namespaces", { missingFeatures: ["namespaces"] }, ["CONFIG_NET_NS"]],
    ["no cgroups", { missingFeatures: ["cgroup"] }, ["/sys/fs/cgroup"]],
    ["no kernel log", { missingFeatures: ["kmsg"] }, ["/dev/kmsg"]],
    ["a port in use", { takenPorts: [TAKEN] }, ["16443", "nginx (process 7). End that, or", "PLATFORM_API_PORT=16444"]],
    ["a full disk", { freeDisk: 9 * GIB }, ["/var/lib/platform-abc123", "9.0 GiB", "10.0 GiB"]],
    ["a full disk below data", { hasData: true, freeDisk: GIB }, ["1.0 GiB", "2.0 GiB"]],
    ["little memory", { freeMemory: GIB }, ["1.0 GiB", "2.0 GiB"]],
  ];
  for (const [name, facts, words] of cases)
    it(`says one sentence about ${name}`, () => {
      const problems = judge({ ...good, ...facts });
      assert.equal(problems.length, 1, problems.join("\n"));
      for (const word of words) assert.ok(problems[0]?.includes(word), `"${word}" is not in: ${problems[0]}`);
    });

  it("asks for less disk where the data is there already", () => {
    assert.deepEqual(judge({ ...good, hasData: true, freeDisk: 3 * GIB }), []);
  });

  it("reports all problems at once, but only what counts where nothing else can", () => {
    const bad = {
      missingPackages: ["s6"],
      missingFeatures: ["bridge"],
      takenPorts: [TAKEN],
      freeDisk: 0,
      freeMemory: 0,
    };
    assert.equal(judge({ ...good, ...bad }).length, 5);
    assert.equal(judge({ ...good, ...bad, root: false }).length, 1);
    assert.equal(judge({ ...good, ...bad, root: false, platform: "win32" }).length, 1);
  });
});
