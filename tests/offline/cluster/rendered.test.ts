import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { authenticationConfig } from "../../../offline/cluster/authentication";
import { kubeadmConfig, renderConfigs } from "../../../offline/cluster/configs";
import { forwardersAmong } from "../../../offline/cluster/forwarders";
import { instanceOf, NETWORK } from "../../../offline/cluster/instance";
import { nodeManifests } from "../../../offline/cluster/manifests";
import { networkScript } from "../../../offline/cluster/network";
import { cloneOf, initScript, serviceFiles, shellWords, startScript } from "../../../offline/cluster/scripts";
import { servicesOf } from "../../../offline/cluster/services";
import { CLUSTER_TOOLS, type ClusterTools } from "../../../offline/cluster/tools";

const HTTPS = { name: "https", hostPort: 18443, nodePort: 30443, instead: "" };
const instance = instanceOf("/clone", { PLATFORM_API_PORT: "17000" }, [HTTPS]);
const tools = Object.fromEntries(CLUSTER_TOOLS.map((name) => [name, `/tools/${name}`])) as unknown as ClusterTools;
const services = servicesOf(instance, tools);
const images = { pause: "p:1", coredns: "c:1", "local-path-provisioner": "l:1" };

function config(name: string): string {
  const found = renderConfigs(instance, images.pause).find(({ path }) => path.endsWith(`/${name}`));
  assert.ok(found !== undefined, name);
  return found.content;
}

/** Whether a text is a valid sh script, as sh sees it. */
function assertShell(script: string): void {
  const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
  assert.equal(status, 0, `${stderr}\n${script}`);
}

describe("cluster files", () => {
  it("write only below the run folder", () => {
    for (const { path } of renderConfigs(instance, images.pause))
      assert.ok(path.startsWith(`${instance.runDir}/`), path);
  });

  it("keep containerd's root, state and socket apart from those of Debian's service", () => {
    const toml = config("containerd.toml");
    for (const key of ["root", "state", "address"]) {
      const value = toml.match(new RegExp(`^\\s*${key} = "(.*)"$`, "m"))?.[1];
      assert.ok(value?.includes(instance.name), `${key} = ${value}`);
    }
    assert.match(toml, /sandbox_image = "p:1"/);
  });

  it("let nobody in without a name but for health", () => {
    for (const issuers of [[], [{ issuer: { url: "https://login.example.com" } }]]) {
      const { anonymous, jwt = [] } = parse(authenticationConfig(issuers));
      const open = anonymous.conditions.map(({ path }: { path: string }) => path);
      assert.deepEqual(open, ["/livez", "/readyz", "/healthz"]);
      assert.deepEqual(jwt, issuers);
    }
    const kubelet = parse(config("kubelet.yaml"));
    assert.equal(kubelet.authentication.anonymous.enabled, false);
    assert.equal(kubelet.authorization.mode, "Webhook");
  });

  it("enforce Pod Security where a namespace says nothing", () => {
    const [plugin] = parse(config("admission.yaml")).plugins;
    assert.equal(plugin.name, "PodSecurity");
    assert.equal(plugin.configuration.defaults.enforce, "baseline");
    assert.deepEqual(plugin.configuration.exemptions.namespaces, []);
  });

  it("give pods addresses of the range that kube-proxy takes for local", () => {
    const [bridge] = JSON.parse(config("10-pods.conflist")).plugins;
    assert.equal(bridge.bridge, NETWORK.podBridge);
    assert.equal(bridge.ipam.ranges[0][0].subnet, parse(config("kube-proxy.yaml")).clusterCIDR);
    assert.equal(parse(config("kubelet.yaml")).clusterDNS[0], NETWORK.dnsAddress);
  });

  it("ask kubeadm for certificates of the clone's own name and addresses", () => {
    const [init, cluster] = parseAllDocuments(kubeadmConfig(instance, "1.36.3")).map((document) => document.toJS());
    assert.equal(init.nodeRegistration.name, instance.name);
    assert.equal(init.localAPIEndpoint.advertiseAddress, NETWORK.nodeAddress);
    assert.equal(cluster.kubernetesVersion, "v1.36.3");
    assert.ok(cluster.certificatesDir.startsWith(instance.dataDir));
    assert.ok(cluster.apiServer.certSANs.includes("127.0.0.1"));
  });

  it("are scripts that sh understands", () => {
    assertShell(startScript(instance, ["/sys/fs/cgroup/a b", "/sys/fs/cgroup/it's"]));
    assertShell(initScript(instance));
    assertShell(networkScript());
    for (const service of services)
      for (const [path, content] of Object.entries(serviceFiles(instance, service)))
        if (path !== "notification-fd") assertShell(content);
  });

  it("quote words so that sh gives them back", () => {
    const words = ["plain", "two words", "it's", "$HOME", "a;b", "`x`", "\\", '"', "*"];
    const { stdout } = spawnSync("sh", ["-c", `printf '%s\\n' ${shellWords(words)}`], { encoding: "utf8" });
    assert.deepEqual(stdout.trimEnd().split("\n"), words);
  });
});

describe("cluster services", () => {
  it("start after what they need, which exists", () => {
    const seen = new Set<string>();
    for (const { name, after } of services) {
      for (const needed of after) assert.ok(seen.has(needed), `${name} after ${needed}`);
      seen.add(name);
    }
  });

  for (const clone of ["/clone", "/two words"])
    it(`tell of which clone they are: ${clone}`, () => {
      const [service] = services;
      assert.ok(service !== undefined);
      assert.equal(cloneOf(serviceFiles(instanceOf(clone, {}), service)["log/run"] ?? ""), clone);
    });

  it("run in the cluster's network namespace, all but the forwarded ports", () => {
    for (const service of services) {
      const { run } = serviceFiles(instance, service);
      const enters = run?.includes(`nsenter --net=${instance.netnsFile} s6-notifyoncheck`);
      assert.equal(enters, !service.name.startsWith("forward-"), service.name);
    }
  });

  it("listen outside on loopback ports alone: the API server's and those that were asked for", () => {
    const outside = services.filter(({ onHostNetwork }) => onHostNetwork).map(({ argv }) => argv.join(" "));
    assert.equal(outside.length, 2);
    for (const [index, port] of [17000, HTTPS.hostPort].entries())
      assert.ok(outside[index]?.includes(`TCP-LISTEN:${port},bind=127.0.0.1,`), outside[index]);
  });

  it("forward ports alone, so that a forwarder may come and go: it needs none, and none needs it", () => {
    for (const { name, after, onHostNetwork } of services)
      if (onHostNetwork) {
        assert.deepEqual(after, []);
        assert.ok(!services.some((other) => other.after.includes(name)), name);
      }
  });

  it("tell by their run scripts which port of the host they forward", () => {
    const scripts = services.map((each) => [each.name, serviceFiles(instance, each)["run"] ?? ""]);
    assert.deepEqual(
      forwardersAmong(Object.fromEntries(scripts)).map(({ name, hostPort }) => [name, hostPort]),
      [
        ["forward-api", 17000],
        ["forward-https", 18443],
      ],
    );
  });

  it("carry no secret in their command lines", () => {
    for (const { argv } of services) for (const word of argv) assert.doesNotMatch(word, /token|password|secret=/i);
  });
});

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly securityContext: { readonly runAsNonRoot?: boolean; readonly seccompProfile: { readonly type: string } };
  readonly containers: readonly {
    readonly resources: { readonly requests?: object; readonly limits?: object };
    readonly securityContext: {
      readonly allowPrivilegeEscalation: boolean;
      readonly readOnlyRootFilesystem: boolean;
      readonly capabilities: { readonly drop: readonly string[] };
    };
  }[];
}

describe("cluster manifests", () => {
  const manifests = nodeManifests(instance, images) as readonly Workload[];
  const pods = manifests.filter(({ kind }) => kind === "Deployment").map(({ spec }) => spec.template.spec);
  const helper = manifests.find(({ metadata }) => metadata.name === "local-path-config") as unknown as {
    data: Record<string, string>;
  };

  it("hold no object twice", () => {
    const keys = manifests.map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? ""}/${metadata.name}`);
    assert.equal(new Set(keys).size, keys.length);
  });

  it("run without root, with limits, and with nothing to write on", () => {
    assert.equal(pods.length, 2);
    for (const { securityContext, containers } of pods) {
      assert.equal(securityContext.runAsNonRoot, true);
      assert.equal(securityContext.seccompProfile.type, "RuntimeDefault");
      for (const container of containers) {
        assert.ok(container.resources.requests !== undefined && container.resources.limits !== undefined);
        assert.equal(container.securityContext.allowPrivilegeEscalation, false);
        assert.equal(container.securityContext.readOnlyRootFilesystem, true);
        assert.deepEqual(container.securityContext.capabilities.drop, ["ALL"]);
      }
    }
  });

  it("make one storage class, the default, below the data folder", () => {
    const classes = manifests.filter(({ kind }) => kind === "StorageClass");
    assert.deepEqual(
      classes.map(({ metadata }) => metadata.name),
      ["standard"],
    );
    const [{ paths }] = JSON.parse(helper.data["config.json"] ?? "").nodePathMap;
    assert.deepEqual(paths, [join(instance.dataDir, "volumes")]);
  });

  it("give helper pods limits and few rights", () => {
    const [container] = JSON.parse(helper.data["helperPod.yaml"] ?? "").spec.containers;
    assert.equal(container.image, images["local-path-provisioner"]);
    assert.deepEqual(container.securityContext.capabilities, { drop: ["ALL"], add: ["DAC_OVERRIDE", "FOWNER"] });
    assert.ok(container.resources.limits.memory !== undefined);
  });
});
