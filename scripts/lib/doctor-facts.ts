import { existsSync, statfsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { IMAGE_NAMES } from "../../images/catalog";
import { hostFacts } from "../../offline/cluster/host-facts";
import { instanceOf, recordedIn } from "../../offline/cluster/instance";
import { PACKAGES as CLUSTER_PACKAGES } from "../../offline/cluster/packages";
import { judge } from "../../offline/cluster/preflight";
import { archiveOf } from "../../offline/images/archive";
import { currentReference } from "../../offline/images/inputs";
import { PACKAGES as IMAGE_PACKAGES } from "../../offline/images/packages";
import { readChoice as readSource } from "../../offline/images/upstream";
import { isBuilt, locate } from "../../offline/tools/build";
import { readChoice } from "../../offline/tools/choice";
import { installCommand, missingPackages } from "../../offline/tools/debian";
import { neededGroups } from "../../offline/tools/groups";
import { type ClusterChoice, chooseCluster } from "./cluster-choice";
import { observeCluster } from "./cluster-facts";
import { devEnvironment } from "./dev-environment";
import type { DoctorFacts } from "./diagnosis";
import { inContext } from "./kubectl";
import { OPERATORS } from "./operators";
import { paths } from "./paths";
import { attempt } from "./run";
import { shownUrl } from "./shown-url";
import type { GivenContext } from "./stack-file";

/** Looks at everything the doctor judges. Changes nothing and asks no network. */
export async function observeMachine(): Promise<DoctorFacts> {
  const troubles: string[] = [];
  const orElse = async <T>(fallback: T, look: () => T | Promise<T>): Promise<T> => {
    try {
      return await look();
    } catch (error) {
      troubles.push((error as Error).message);
      return fallback;
    }
  };
  await orElse<unknown>(undefined, devEnvironment);
  const cluster = await orElse<ClusterChoice>({ cluster: "none", why: "it cannot be chosen, see below" }, async () =>
    chooseCluster(await observeCluster()),
  );
  const choice = await orElse(undefined, readChoice);
  const oneNode = cluster.cluster === "one-node";
  const groups = neededGroups({ twins: choice?.mode !== "official", oneNode });
  const [built, missing, clusterProblems, git, curl, java, mvn, python3] = await Promise.all([
    locate(groups).catch((error: Error) => error),
    oneNode
      ? orElse([], () => missingPackages([...CLUSTER_PACKAGES, ...IMAGE_PACKAGES].map(({ name }) => name)))
      : ([] as string[]),
    orElse([], () => problemsOf(cluster)),
    versionOf("git", "--version"),
    versionOf("curl", "--version"),
    versionOf("java", "-version"),
    versionOf("mvn", "-version"),
    versionOf("python3", "--version"),
  ]);
  const unbuilt = built instanceof Error ? groups : built.filter((each) => !isBuilt(each)).map(({ group }) => group);
  return {
    nodeVersion: process.versions.node,
    choice,
    cluster,
    unbuilt,
    go: built instanceof Error ? { problem: built.message } : { version: built[0]?.go.version ?? "is not needed" },
    missingPackages: { names: missing, command: installCommand(missing) },
    manifestsMissing: Object.keys(OPERATORS).some((name) => !existsSync(join(paths.operators, `${name}.json`))),
    imagesMissing: oneNode && (await orElse(true, imagesMissing)),
    programs: { git, curl, java, mvn, python3 },
    cache: { folder: paths.cache, freeMegabytes: freeMegabytes(paths.cache) },
    memoryMegabytes: Math.floor(totalmem() / 1e6),
    cores: availableParallelism(),
    problems: [...clusterProblems, ...new Set(troubles)],
    ownBackend: ownBackend(process.env["PULUMI_BACKEND_URL"]),
  };
}

/** Whether an image is to be built from packages. */
function imagesMissing(): boolean {
  if (readSource()?.upstream === true) return false;
  return IMAGE_NAMES.some((name) => !existsSync(archiveOf(currentReference(name))));
}

/** What stands in the way of the cluster. The one-node cluster's own port is no obstacle while it runs. */
async function problemsOf(choice: ClusterChoice): Promise<readonly string[]> {
  if (choice.cluster === "context") return unanswered(choice);
  if (choice.cluster !== "one-node") return [];
  const instance = instanceOf(paths.root, process.env);
  const facts = await hostFacts(instance);
  const running = existsSync(paths.runDir) && recordedIn(paths.clusterFile)?.apiPort === instance.apiPort;
  // Missing packages have a line of their own, with those of the images.
  return judge({ ...facts, ...(running ? { takenPorts: [] } : {}), missingPackages: [] });
}

async function unanswered(choice: GivenContext): Promise<readonly string[]> {
  const asked = ["--request-timeout=5s", ...inContext(choice), "get", "--raw", "/readyz"];
  const { code, stderr } = await attempt(
    existsSync(join(paths.bin, "kubectl")) ? join(paths.bin, "kubectl") : "kubectl",
    asked,
  );
  if (code === 0) return [];
  return [
    `The context "${choice.context}" of ${choice.kubeconfig} does not answer (${stderr.trim().split("\n").at(-1)}). Mend it, or unset ` +
      "it: pulumi config rm platform:kubeContext -s dev",
  ];
}

const VERSION_SECONDS = 10;

/** First words of a program about its version, without colours. */
async function versionOf(command: string, flag: string): Promise<string | undefined> {
  try {
    const { code, stdout, stderr } = await attempt(command, [flag], { timeout: VERSION_SECONDS * 1000 });
    const [line = ""] = stripVTControlCharacters(stdout.trim() || stderr.trim()).split("\n");
    if (code === -1) return `does not say its version within ${VERSION_SECONDS} s`;
    return code === 0 ? line.slice(0, 40) : undefined;
  } catch {
    return undefined;
  }
}

/** Of the disk where a folder is, or will be. */
function freeMegabytes(folder: string): number {
  if (!existsSync(folder) && dirname(folder) !== folder) return freeMegabytes(dirname(folder));
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1e6);
}

/** A backend other than ours, without its query and user, which may hold secrets. */
function ownBackend(url: string | undefined): string | undefined {
  const bare = shownUrl(url ?? "");
  return bare === "" || bare === `file://${paths.state}` ? undefined : bare;
}
