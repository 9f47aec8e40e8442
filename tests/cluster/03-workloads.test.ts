import assert from "node:assert/strict";
import { request } from "node:https";
import { until } from "../../offline/cluster/processes";
import { freePort } from "../support/free-port";
import { SecondCluster, shellPod, volumeClaim } from "./second-cluster";

const WAIT = "--timeout=90s";

describe("the one-node cluster's services", () => {
  let cluster: SecondCluster;

  before(async () => {
    cluster = new SecondCluster(await freePort());
    await cluster.must("down", "--purge");
    await cluster.must("up");
  });

  after(() => cluster.must("down", "--purge"));

  function anonymously(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: cluster.instance.apiPort, path, ca: cluster.authority };
      request(options, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });
  }

  /** Pods that answered twenty questions in a row to the Service `web`, asked from this pod. One without an answer is an error. */
  async function webPodsSeenBy(pod: string): Promise<string[]> {
    const line = "set -e; b=/bin/busybox; for i in $($b seq 20); do $b wget -T 5 -qO- http://web; done";
    const output = await cluster.kubectl(["exec", pod, "--", "/bin/sh", "-c", line]);
    return [...new Set(output.trim().split("\n"))].sort();
  }

  it("answer anonymous requests for health alone", async () => {
    for (const path of ["/livez", "/readyz", "/healthz"]) assert.equal(await anonymously(path), 200, path);
    for (const path of ["/", "/api", "/version", "/api/v1/namespaces", "/openapi/v2", "/metrics", "/readyz/etcd"])
      assert.equal(await anonymously(path), 401, path);
  });

  it("refuse a privileged pod where nothing says otherwise", async () => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "bad", namespace: "default" } };
    const container = { name: "bad", image: "none", securityContext: { privileged: true } };
    await assert.rejects(cluster.apply({ ...pod, spec: { containers: [container] } }), /PodSecurity "baseline/);
  });

  it("keep Secrets encrypted in etcd", async () => {
    const value = "a-value-that-nobody-else-writes";
    await cluster.kubectl(["create", "secret", "generic", "hidden", `--from-literal=key=${value}`]);
    const filesWith = (text: string) =>
      cluster.inside("sh", "-c", `grep -rlaF ${text} ${cluster.instance.dataDir}/etcd || true`);
    assert.notEqual(
      await filesWith("/registry/secrets/default/hidden"),
      "",
      "etcd's files are looked for where they are",
    );
    assert.equal(await filesWith(value), "");
  });

  it("give a volume that is written, kept and deleted", async () => {
    await cluster.apply(volumeClaim("data"), await shellPod("writer", "echo kept >/data/file", { claim: "data" }));
    await cluster.kubectl(["wait", WAIT, "--for=jsonpath={.status.phase}=Succeeded", "pod/writer"]);
    await cluster.apply(await shellPod("reader", "$b cat /data/file; $b stat -c %g /data/file", { claim: "data" }));
    await cluster.kubectl(["wait", WAIT, "--for=jsonpath={.status.phase}=Succeeded", "pod/reader"]);
    assert.equal(await cluster.kubectl(["logs", "reader"]), "kept\n2000\n");
    await cluster.kubectl(["delete", "pod/writer", "pod/reader", "pvc/data", WAIT]);
    await cluster.kubectl(["wait", WAIT, "--for=delete", "persistentvolumes", "--all"]);
  });

  it("resolve names, and say at once that names outside do not exist", async () => {
    const line =
      "$b nslookup kubernetes.default.svc.cluster.local; if $b nslookup example.com; then exit 1; else echo none; fi";
    await cluster.apply(await shellPod("resolver", line));
    await cluster.kubectl(["wait", WAIT, "--for=jsonpath={.status.phase}=Succeeded", "pod/resolver"]);
    const output = await cluster.kubectl(["logs", "resolver"]);
    assert.match(output, /10\.113\.0\.1\b/);
    assert.match(output, /none/);
  });

  it("lead a Service to each of its pods, from another pod, from themselves and from the node", async () => {
    const serve = "echo $HOSTNAME >/data/index.html; exec $b httpd -f -p 8080 -h /data";
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "default" },
      spec: { selector: { tier: "web" }, ports: [{ port: 80, targetPort: 8080 }] },
    };
    const labels = { tier: "web" };
    await cluster.apply(
      service,
      await shellPod("web-1", serve, { labels }),
      await shellPod("web-2", serve, { labels }),
    );
    await cluster.kubectl(["wait", WAIT, "--for=condition=Ready", "pod/web-1", "pod/web-2"]);
    await cluster.apply(await shellPod("asker", "exec $b sleep 3600"));
    await cluster.kubectl(["wait", WAIT, "--for=condition=Ready", "pod/asker"]);
    for (const pod of ["asker", "web-1", "web-2"]) {
      // kube-proxy takes a moment to hear of an endpoint that has become ready.
      let seen: unknown;
      await until(async () => {
        seen = await webPodsSeenBy(pod).catch((error: unknown) => error);
        return Array.isArray(seen) && seen.length === 2;
      }, 30_000);
      assert.deepEqual(seen, ["web-1", "web-2"], `from ${pod}: ${seen}`);
    }

    const address = await cluster.kubectl(["get", "service", "web", "--output=jsonpath={.spec.clusterIP}"]);
    const page = await cluster.inside(
      "sh",
      "-c",
      `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | socat -T5 - TCP:${address}:80`,
    );
    assert.match(page, /web-[12]/);
  });
});
