import assert from "node:assert/strict";
import { parseHierarchies } from "../../../offline/cluster/cgroups";

const HYBRID = `24 1 0:22 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
25 24 0:23 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
26 24 0:24 / /sys/fs/cgroup/net_cls,net_prio rw,relatime shared:9 - cgroup cgroup rw,net_cls,net_prio
27 24 0:25 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
28 24 0:26 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`;

const UNIFIED = "30 23 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

describe("cgroup hierarchies", () => {
  it("are all found on a hybrid host", () => {
    assert.deepEqual(parseHierarchies(HYBRID), [
      { dir: "/sys/fs/cgroup/cpu", version: 1, controllers: ["cpu"] },
      { dir: "/sys/fs/cgroup/net_cls,net_prio", version: 1, controllers: ["net_cls", "net_prio"] },
      { dir: "/sys/fs/cgroup/systemd", version: 1, controllers: ["xattr", "name=systemd"] },
      { dir: "/sys/fs/cgroup/unified", version: 2, controllers: [] },
    ]);
  });

  it("are one on a version 2 host", () => {
    assert.deepEqual(parseHierarchies(UNIFIED), [{ dir: "/sys/fs/cgroup", version: 2, controllers: [] }]);
  });

  it("are none without mounts", () => {
    assert.deepEqual(parseHierarchies(""), []);
  });
});
