import type { Choice } from "../../offline/tools/choice";
import type { ClusterChoice } from "./cluster-choice";

/** One line of the doctor's report. */
export interface Finding {
  readonly state: "ok" | "note" | "problem";
  readonly what: string;
  /** What mends it; given for every problem. */
  readonly mend?: string;
}

/** What the doctor saw on this machine. */
export interface DoctorFacts {
  readonly nodeVersion: string;
  readonly choice: Choice | undefined;
  readonly cluster: ClusterChoice;
  /** Groups of Go modules that are needed and not built, with the disk in MB that building them takes. */
  readonly unbuilt: readonly { readonly name: string; readonly megabytes: number }[];
  /** Whether a manifest of an operator is to be fetched. */
  readonly manifestsMissing: boolean;
  /** Whether an image is to be built from packages. */
  readonly imagesMissing: boolean;
  /** Version of Go, or why there is none that can be used. */
  readonly go: { readonly version: string } | { readonly problem: string };
  /** Debian packages of the cluster and the images that are missing, with the command that installs them. */
  readonly missingPackages: { readonly names: readonly string[]; readonly command: string };
  /** First line of what a program says of its version; undefined where it is not there. */
  readonly programs: Readonly<Record<"git" | "curl" | "java" | "mvn" | "python3", string | undefined>>;
  readonly cache: { readonly folder: string; readonly freeMegabytes: number };
  readonly memoryMegabytes: number;
  readonly cores: number;
  /** What is wrong with the environment, what stands in the way of the cluster, and what could not be looked at; each says how to mend it. */
  readonly problems: readonly string[];
  /** PULUMI_BACKEND_URL of the user's own, without what may be secret in it. */
  readonly ownBackend: string | undefined;
}

/** The SDK asks for 22; 22.19 loads what scripts/lib/run loads. */
const OLDEST_NODE = [22, 19] as const;

/** MB of the images of a cold `make up`: their layers, what they are kept as, the node's store; measured, rounded up. */
const IMAGES_MEGABYTES = 19_000;

/** MB that the platform's data and the npm packages take beside. */
const DATA_MEGABYTES = 5000;

/** The tests of the dev platform take up to 9.9 GB, all of the machine together, and builds of Go less (measured); rounded up. */
const MEMORY_MEGABYTES = 11_000;

/** Everything worth saying, in the order of the report. Problems are what `make up` would stop at. */
export function diagnose(facts: DoctorFacts): readonly Finding[] {
  return [...choices(facts), ...tools(facts), ...machine(facts)];
}

function choices({ choice, cluster, ownBackend }: DoctorFacts): Finding[] {
  const pulumi: Finding =
    choice === undefined
      ? { state: "note", what: "Pulumi: official or twin is not chosen yet", mend: "scripts/setup-tools" }
      : {
          state: "ok",
          what: `Pulumi: ${choice.mode}, because ${choice.reasons.join("; ")}. Another choice: scripts/setup-tools --choose ${choice.mode === "twin" ? "official" : "twin"}`,
        };
  const kubernetes: Finding =
    cluster.cluster === "none"
      ? {
          state: "problem",
          what: `Kubernetes: ${cluster.why}`,
          mend: "sudo -E make up, or pulumi config set platform:kubeContext NAME -s dev",
        }
      : { state: "ok", what: `Kubernetes: ${cluster.cluster}, because ${cluster.why}` };
  const mixed = choice?.mode === "twin" && ownBackend !== undefined && !ownBackend.startsWith("file:");
  const backend: Finding = mixed
    ? {
        state: "problem",
        what: `Backend: your own (${ownBackend}), but twins of the plugins belong to a file backend alone`,
        mend: "scripts/setup-tools --choose official, or unset PULUMI_BACKEND_URL",
      }
    : {
        state: "ok",
        what: `Backend: ${ownBackend === undefined ? "the folder .platform/state" : `your own (${ownBackend})`}`,
      };
  return [pulumi, kubernetes, backend];
}

function tools({
  nodeVersion,
  choice,
  manifestsMissing,
  imagesMissing,
  unbuilt,
  go,
  missingPackages,
  programs,
  cluster,
}: DoctorFacts): Finding[] {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  const node: Finding =
    major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
      ? { state: "ok", what: `Node.js ${nodeVersion}` }
      : {
          state: "problem",
          what: `Node.js ${nodeVersion} is older than ${OLDEST_NODE.join(".")}`,
          mend: "npm ci --include=optional (it brings a newer one for Linux)",
        };
  const found: Finding[] = [node];
  if (unbuilt.length > 0)
    found.push({
      state: "note",
      what: `not built yet: ${unbuilt.map(({ name }) => name).join(", ")}`,
      mend: "scripts/setup-tools",
    });
  if ("version" in go) found.push({ state: "ok", what: `Go ${go.version.replace(/^go/, "")}` });
  else if (unbuilt.length > 0 || (manifestsMissing && choice?.mode !== "official"))
    found.push({ state: "problem", what: go.problem, mend: "as said there" });

  const oneNode = cluster.cluster === "one-node";
  if (oneNode && missingPackages.names.length > 0)
    found.push({
      state: "note",
      what: `Debian packages are missing: ${missingPackages.names.join(" ")}`,
      mend: `scripts/setup-auxiliaries (as root: ${missingPackages.command})`,
    });
  const needed: Record<string, boolean> = { java: oneNode && imagesMissing, mvn: oneNode && imagesMissing };
  for (const [name, version] of Object.entries(programs)) {
    if (version !== undefined) found.push({ state: "ok", what: `${name}: ${version}` });
    else
      found.push({
        state: needed[name] ? "problem" : "note",
        what: `${name} is not on PATH${needed[name] ? "" : `; ${WITHOUT[name]}`}`,
        mend: `apt-get install -y ${DEBIAN_PACKAGE[name] ?? name}`,
      });
  }
  return found;
}

/** What cannot be done without a program that is not needed now. */
const WITHOUT: Readonly<Record<string, string>> = {
  git: "`make test` needs it",
  python3: "`make test` needs it",
  curl: "the internet is then taken to be out of reach",
  java: "building the image of Kafka from packages needs it",
  mvn: "building the image of Kafka from packages needs it",
};

const DEBIAN_PACKAGE: Readonly<Record<string, string>> = {
  java: "default-jre-headless",
  mvn: "maven",
  python3: "python3 python3-venv",
};

function machine({ unbuilt, imagesMissing, cache, memoryMegabytes, cores, problems }: DoctorFacts): Finding[] {
  const tools = unbuilt.reduce((sum, { megabytes }) => sum + megabytes, 0);
  const needed = tools + (imagesMissing ? IMAGES_MEGABYTES : 0) + DATA_MEGABYTES;
  const disk: Finding =
    cache.freeMegabytes >= needed
      ? { state: "ok", what: `disk: ${cache.freeMegabytes} MB free for ${cache.folder}` }
      : {
          state: "problem",
          what: `disk: ${cache.freeMegabytes} MB free for ${cache.folder}, about ${needed} MB are needed`,
          mend: "free some space, or set PLATFORM_CACHE (and GOCACHE, GOMODCACHE) to a larger disk",
        };
  const memory: Finding =
    memoryMegabytes >= MEMORY_MEGABYTES
      ? { state: "ok", what: `memory: ${memoryMegabytes} MB, cores: ${cores}` }
      : {
          state: "problem",
          what: `memory: ${memoryMegabytes} MB in all, ${MEMORY_MEGABYTES} MB are needed`,
          mend: "use a larger machine, or switch services off in Pulumi.dev.yaml",
        };
  const node = problems.map((what): Finding => ({ state: "problem", what, mend: "as said there" }));
  return [disk, memory, ...node];
}
