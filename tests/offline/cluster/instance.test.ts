import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_API_PORT, instanceOf } from "../../../offline/cluster/instance";
import { paths } from "../../../scripts/lib/paths";

describe("cluster instance", () => {
  it("lies where the clone's other commands look for it", () => {
    const own = instanceOf(paths.root, {});
    assert.equal(own.name, paths.netns);
    assert.equal(own.runDir, paths.runDir);
    assert.equal(own.dataDir, paths.nodeData);
    assert.equal(own.kubeconfig, paths.kubeconfig);
    assert.equal(own.clusterFile, paths.clusterFile);
  });

  it("shares nothing between clones, nor between instances of a clone", () => {
    const all = [instanceOf("/a", {}), instanceOf("/b", {}), instanceOf("/a", { PLATFORM_INSTANCE: "x" })];
    for (const key of ["name", "runDir", "dataDir", "netnsFile", "netnsLink", "kubeconfig", "logDir"] as const)
      assert.equal(new Set(all.map((instance) => instance[key])).size, 3, key);
  });

  it("gives further ports of the host to the clone's first cluster alone", () => {
    const ports = [{ name: "https", hostPort: 8443, nodePort: 30443, instead: "" }];
    assert.deepEqual(instanceOf("/a", {}, ports).hostPorts, ports);
    assert.deepEqual(instanceOf("/a", { PLATFORM_INSTANCE: "x" }, ports).hostPorts, []);
  });

  it("takes the given port, else the one it was started with, else the default", () => {
    const root = mkdtempSync(join(tmpdir(), "instance-"));
    try {
      assert.equal(instanceOf(root, {}).apiPort, DEFAULT_API_PORT);
      mkdirSync(join(root, ".platform"));
      const { name, runDir, clusterFile } = instanceOf(root, {});
      writeFileSync(clusterFile, JSON.stringify({ name, runDir, apiPort: 20001 }));
      assert.equal(instanceOf(root, {}).apiPort, 20001);
      assert.equal(instanceOf(root, { PLATFORM_API_PORT: "20002" }).apiPort, 20002);
      writeFileSync(clusterFile, '{ "name": "pla');
      assert.equal(instanceOf(root, {}).apiPort, DEFAULT_API_PORT);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("is not taken for another one in a folder that was moved or copied while its cluster ran", () => {
    const root = mkdtempSync(join(tmpdir(), "instance-"));
    try {
      mkdirSync(join(root, ".platform"));
      const record = { name: "platform-000000", runDir: root, apiPort: 20001 };
      writeFileSync(join(root, ".platform", "cluster.json"), JSON.stringify(record));
      assert.throws(() => instanceOf(root, {}), /runs as platform-000000/);
      writeFileSync(join(root, ".platform", "cluster.json"), JSON.stringify({ ...record, runDir: join(root, "gone") }));
      assert.equal(instanceOf(root, {}).apiPort, 20001);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  for (const port of ["80", "65536", "1.5", "abc", "-1", "0x5000g"])
    it(`refuses the port "${port}"`, () => {
      assert.throws(() => instanceOf("/a", { PLATFORM_API_PORT: port }), /PLATFORM_API_PORT/);
    });

  for (const name of ["../etc", "A", "a b", "x".repeat(31)])
    it(`refuses the instance name "${name}"`, () => {
      assert.throws(() => instanceOf("/a", { PLATFORM_INSTANCE: name }), /PLATFORM_INSTANCE/);
    });
});
