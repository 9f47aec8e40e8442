import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Progress } from "../../scripts/lib/progress";
import { attempt, run } from "../../scripts/lib/run";
import { authenticationConfig, writeAuthentication } from "./authentication";
import { createCgroups } from "./cgroups";
import { containerdRoot, renderConfigs } from "./configs";
import { stop, sweep } from "./down";
import { type Exchange, portsLine } from "./forwarders";
import { hostFacts, takenPorts } from "./host-facts";
import { type Instance, NETWORK, recordedIn } from "./instance";
import { nodeManifests } from "./manifests";
import { createNetwork } from "./network";
import { ensurePki, writeKubeconfig } from "./pki";
import { judge, portProblem } from "./preflight";
import { supervisor, until } from "./processes";
import { initScript, KUBELET_SYSCTLS, PRIVATE_FOLDERS, serviceFiles, startScript, sysctlFile } from "./scripts";
import { type Service, servicesOf } from "./services";
import { addServices, forwarderExchange, isHealthy, removeForwarders, writeServices } from "./supervise";
import type { ClusterTools, NodeImages } from "./tools";
import { writeSecret } from "./write";

/** What a cluster is started with. */
export interface ClusterParts {
  readonly tools: ClusterTools;
  readonly images: NodeImages;
  readonly kubernetesVersion: string;
  /** Name of the context in the kubeconfig that users get. */
  readonly context: string;
  /** Makes containerd's folder with images in it, before its first start; says what it does where that takes long. */
  readonly makeImageFolder: (folder: string, say: (what: string) => void) => Promise<void>;
  /** Brings the node's own images into containerd that it lacks, given the instance; called once containerd answers. */
  readonly importImages: (instance: Instance) => Promise<void>;
}

/** Seconds that a start of all components may take on a slow, busy machine. */
const START_SECONDS = 180;

/** Seconds in which a component of a running node may recover before all of the node is started anew: a busy disk delays etcd. */
const RECOVERY_SECONDS = 15;

/** How `up` went. */
export interface UpResult {
  /** What stands in its way. */
  readonly problems: readonly string[];
  /** Whether the node had to be started. */
  readonly started: boolean;
  /** How the host's ports of a running node changed, for people; empty where they did not. */
  readonly ports: string;
}

/** Starts the cluster, or finds that it runs as it should. Where the machine cannot hold it, nothing is changed. */
export async function up(instance: Instance, parts: ClusterParts): Promise<UpResult> {
  const services = servicesOf(instance, parts.tools);
  const digest = digestOf(instance, parts, services);
  const exchange = forwarderExchange(instance, services);
  const ports = portsLine(exchange);
  const added = services.filter((service) => exchange.start.some(({ name }) => name === service.name));
  const kept = services.filter((service) => !added.includes(service));
  if (await runsAlready(instance, kept, digest)) {
    const problems = ports === "" ? [] : (await takenPorts(instance)).map(portProblem);
    if (problems.length > 0) return { problems, started: false, ports: "" };
    if (ports !== "") await changePorts(instance, parts, exchange, added);
    await applyManifests(instance, parts);
    return { problems: [], started: false, ports };
  }
  const problems = judge(await hostFacts(instance));
  if (problems.length > 0) return { problems, started: false, ports: "" };

  const progress = new Progress("cluster", 6);
  await progress.step("clearing what an earlier run left", async () => {
    await stop(instance);
    await sweep(instance);
  });
  await progress.step("certificates and network", async () => {
    mkdirSync(instance.dataDir, { recursive: true, mode: 0o700 });
    await ensurePki(instance, parts.tools, parts.kubernetesVersion);
    writeRunDir(instance, parts, services);
    await createNetwork(instance);
  });
  await progress.step("images of the node", async (step) => {
    const folder = containerdRoot(instance);
    if (!existsSync(folder)) await parts.makeImageFolder(folder, step.update);
  });
  await progress.step("starting", async (step) => {
    launch(instance);
    await awaitHealthy(instance, services, (waiting) => step.update(`waiting for ${waiting.join(", ")}`));
  });
  writeKubeconfig(instance, parts.context);
  await progress.step("cluster DNS and storage class", async () => {
    await parts.importImages(instance);
    await applyManifests(instance, parts);
  });
  await progress.step("waiting for the node and its pods", () => awaitReady(instance, parts.tools));
  writeFileSync(join(instance.runDir, "digest"), digest);
  writeClusterFile(instance);
  return { problems: [], started: true, ports: "" };
}

/** What must be equal for a running cluster to be left alone, but for its forwarders. */
function digestOf(instance: Instance, parts: ClusterParts, services: readonly Service[]): string {
  const content = JSON.stringify([
    renderConfigs(instance, parts.images.pause),
    authenticationConfig([]), // issuers come and go while it runs
    services.filter(({ onHostNetwork }) => !onHostNetwork).map((service) => serviceFiles(instance, service)),
  ]);
  return createHash("sha256").update(content).digest("hex");
}

async function runsAlready(instance: Instance, services: readonly Service[], digest: string): Promise<boolean> {
  const file = join(instance.runDir, "digest");
  if (!existsSync(file) || readFileSync(file, "utf8") !== digest || supervisor(instance) === undefined) return false;
  if (!existsSync(instance.kubeconfig) || recordedIn(instance.clusterFile) === undefined) return false;
  const allHealthy = async () =>
    (await Promise.all(services.map(({ name }) => isHealthy(instance, name)))).every(Boolean);
  return until(allHealthy, RECOVERY_SECONDS * 1000);
}

/** Leads the host's ports anew into a node that runs on. */
async function changePorts(
  instance: Instance,
  { context }: ClusterParts,
  { stop }: Exchange,
  added: readonly Service[],
): Promise<void> {
  // What is written first is where an `up` goes on after one that was cut off.
  writeKubeconfig(instance, context);
  writeClusterFile(instance);
  await removeForwarders(instance, stop);
  await addServices(instance, added);
  await awaitHealthy(instance, added, () => {});
}

function writeRunDir(instance: Instance, parts: ClusterParts, services: readonly Service[]): void {
  mkdirSync(instance.runDir, { recursive: true, mode: 0o755 });
  for (const { path, content } of renderConfigs(instance, parts.images.pause)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  writeAuthentication(instance);
  for (const [name, value] of Object.entries(KUBELET_SYSCTLS)) {
    mkdirSync(dirname(sysctlFile(instance, name)), { recursive: true });
    writeFileSync(sysctlFile(instance, name), `${value}\n`);
  }
  for (const folder of PRIVATE_FOLDERS) {
    mkdirSync(folder, { recursive: true });
    mkdirSync(join(instance.runDir, "private", folder), { recursive: true });
  }
  writeServices(instance, services);
  const scripts = { start: startScript(instance, createCgroups(instance.name)), init: initScript(instance) };
  for (const [name, content] of Object.entries(scripts)) {
    writeFileSync(join(instance.runDir, name), content);
    chmodSync(join(instance.runDir, name), 0o755);
  }
}

/** Starts the supervisor apart from this process and its terminal, with nothing of its environment but PATH. */
function launch(instance: Instance): void {
  mkdirSync(instance.logDir, { recursive: true });
  const log = openSync(join(instance.logDir, "supervisor.log"), "a");
  const child = spawn(join(instance.runDir, "start"), [], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LANG: "C.UTF-8" },
  });
  child.unref();
  closeSync(log);
}

async function awaitHealthy(
  instance: Instance,
  services: readonly Service[],
  waitingFor: (names: readonly string[]) => void,
): Promise<void> {
  let waiting = services;
  const healthy = await until(async () => {
    const results = await Promise.all(waiting.map(({ name }) => isHealthy(instance, name)));
    waiting = waiting.filter((_, index) => !results[index]);
    waitingFor(waiting.map(({ name }) => name));
    return waiting.length === 0;
  }, START_SECONDS * 1000);
  if (healthy) return;
  const names = waiting.map(({ name }) => name);
  throw new Error(
    `${names.join(", ")} did not become healthy within ${START_SECONDS} s. ` +
      `Look at \`scripts/cluster logs ${names[0]}\`, then run \`scripts/cluster up\` again.`,
  );
}

async function applyManifests(instance: Instance, { tools, images }: ClusterParts): Promise<void> {
  const list = { apiVersion: "v1", kind: "List", items: nodeManifests(instance, images) };
  const flags = ["--server-side", "--field-manager=platform-cluster", "--force-conflicts", "--filename=-"];
  // Namespaces and roles of a brand-new API server come into being in its first seconds.
  let failure: unknown;
  const applied = await until(async () => {
    try {
      await kubectl(instance, tools, ["apply", ...flags], JSON.stringify(list));
      return true;
    } catch (error) {
      failure = error;
      return false;
    }
  }, 20_000);
  if (!applied) throw failure;
}

async function awaitReady(instance: Instance, tools: ClusterTools): Promise<void> {
  const wait = (args: readonly string[]) => kubectl(instance, tools, ["wait", "--timeout=120s", ...args]);
  await wait(["--for=create", `node/${instance.name}`]);
  await wait(["--for=condition=Ready", `node/${instance.name}`]);
  await Promise.all([
    wait(["--for=condition=Available", "--namespace=kube-system", "deployment/coredns"]),
    wait(["--for=condition=Available", "--namespace=local-path-storage", "deployment/local-path-provisioner"]),
  ]);
  // After a crash these conditions are still those from before it, so the Service of the cluster's DNS is tried for real.
  const connect = ["socat", "-u", "OPEN:/dev/null", `TCP:${NETWORK.dnsAddress}:53,connect-timeout=2`];
  const answers = await until(
    async () => (await attempt("nsenter", [`--net=${instance.netnsFile}`, ...connect])).code === 0,
    60_000,
  );
  if (!answers)
    throw new Error("The cluster's DNS does not answer at its Service. Look at `scripts/cluster logs kube-proxy`.");
}

/** Standard output of a kubectl that has full rights. */
function kubectl(instance: Instance, tools: ClusterTools, args: readonly string[], input?: string): Promise<string> {
  return run(tools.kubectl, ["--kubeconfig", instance.kubeconfig, ...args], input === undefined ? {} : { input });
}

function writeClusterFile(instance: Instance): void {
  const { name, runDir, dataDir, apiPort, containerdSocket } = instance;
  const hostPorts = instance.hostPorts.map(({ name, hostPort, nodePort }) => ({ name, hostPort, nodePort }));
  const facts = {
    name,
    netns: name,
    runDir,
    dataDir,
    apiPort,
    hostPorts,
    containerdSocket,
    podBridge: NETWORK.podBridge,
  };
  writeSecret(instance.clusterFile, `${JSON.stringify(facts, null, 2)}\n`);
}
