import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { goCommand } from "../../offline/tools/go";
import versions from "../../versions.json";
import { attempt } from "./run";
import { slimDefinition } from "./slim-definition";

/** An operator whose manifest is in its Go module and, the same files, among its project's tagged sources. */
interface Operator {
  readonly module: string;
  readonly repository: string;
  /** Files of the manifest, by their path in both. */
  readonly files: readonly string[];
  readonly version: string;
}

const CNPG = versions["cloudnative-pg"];

/** Paths of the files of one folder whose names begin alike. */
const filesOf = (prefix: string, kinds: readonly string[]) => kinds.map((kind) => `${prefix}_${kind}.yaml`);

/**
 * Operators by the name of their rendered manifest. CloudNativePG's is whole; of the others, which upstream publishes as charts,
 * it is the custom resource definitions that their components need, and the components make the few other objects themselves.
 */
export const OPERATORS = {
  "cloudnative-pg": {
    module: "github.com/cloudnative-pg/cloudnative-pg",
    repository: "cloudnative-pg/cloudnative-pg",
    files: [`releases/cnpg-${CNPG}.yaml`],
    version: CNPG,
  },
  "gateway-api": {
    module: "sigs.k8s.io/gateway-api",
    repository: "kubernetes-sigs/gateway-api",
    files: filesOf("config/crd/standard/gateway.networking.k8s.io", [
      "gatewayclasses",
      "gateways",
      "httproutes",
      "referencegrants",
      "backendtlspolicies",
    ]),
    version: versions["gateway-api"],
  },
  "envoy-gateway": {
    module: "github.com/envoyproxy/gateway",
    repository: "envoyproxy/gateway",
    files: filesOf("charts/gateway-helm/charts/crds/crds/generated/gateway.envoyproxy.io", [
      "envoyproxies",
      "backends",
      "clienttrafficpolicies",
      "securitypolicies",
      "httproutefilters",
    ]),
    version: versions["envoy-gateway"],
  },
  keda: {
    module: "github.com/kedacore/keda/v2",
    repository: "kedacore/keda",
    files: [
      ...filesOf("config/crd/bases/keda.sh", [
        "scaledobjects",
        "scaledjobs",
        "triggerauthentications",
        "clustertriggerauthentications",
      ]),
      ...filesOf("config/crd/bases/eventing.keda.sh", ["cloudeventsources", "clustercloudeventsources"]),
    ],
    version: versions.keda,
  },
  "spark-operator": {
    module: "github.com/kubeflow/spark-operator/v2",
    repository: "kubeflow/spark-operator",
    files: filesOf("config/crd/bases/sparkoperator.k8s.io", [
      "scheduledsparkapplications",
      "sparkapplications",
      "sparkconnects",
    ]),
    version: versions["spark-operator"],
  },
} as const satisfies Record<string, Operator>;

export type OperatorName = keyof typeof OPERATORS;

/** What the committed lock says of one operator: SHA-256 of its manifest as released, and as rendered. */
export interface LockEntry {
  readonly version: string;
  readonly manifest: string;
  readonly rendered: string;
}

export type Lock = Readonly<Record<OperatorName, LockEntry>>;

/** A manifest's objects as JSON, which a program reads a hundred times faster than YAML. Documents without content are left out. */
export function render(yaml: string): string {
  const documents = parseAllDocuments(yaml);
  if (!Array.isArray(documents)) return "[]\n";
  const [problem] = documents.flatMap(({ errors }) => errors);
  if (problem !== undefined) throw new Error(`not YAML: ${problem.message}`);
  const objects = documents.map((document) => document.toJS()).filter((object) => object !== null);
  return `${JSON.stringify(objects.map(slimDefinition), null, 1)}\n`;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What a manifest's lock entry must be. */
export function lockEntry(operator: OperatorName, manifest: string): LockEntry {
  return { version: OPERATORS[operator].version, manifest: sha256(manifest), rendered: sha256(render(manifest)) };
}

/** Where a manifest is not what the lock says; nothing where it is. */
export function lockProblem(operator: OperatorName, manifest: string, locked: LockEntry): string | undefined {
  const found = lockEntry(operator, manifest);
  if (found.version !== locked.version) {
    return `the lock is for ${operator} ${locked.version}, versions.json says ${found.version}. Run scripts/operators --lock and review the change.`;
  }
  if (found.manifest !== locked.manifest) {
    return `the manifest of ${operator} ${found.version} has SHA-256 ${found.manifest}, not ${locked.manifest}: it is not the one that was reviewed.`;
  }
  if (found.rendered !== locked.rendered) {
    return `${operator} ${found.version} renders to SHA-256 ${found.rendered}, not ${locked.rendered}. Run scripts/operators --lock and review the change.`;
  }
  return undefined;
}

/** The manifest as released: from the operator's Go module, or, where Go or its proxy is missing, from its project's sources. */
export async function fetchManifest(operator: OperatorName): Promise<string> {
  const problems: string[] = [];
  for (const fetchFiles of [fromModule, fromSources]) {
    try {
      return (await fetchFiles(OPERATORS[operator])).join("\n---\n");
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  throw new Error(`the manifest of ${operator} cannot be had:\n  ${problems.join("\n  ")}`);
}

async function fromModule({ module, version, files }: Operator): Promise<string[]> {
  const download = ["mod", "download", "-json", `${module}@v${version}`];
  const { code, stdout, stderr } = await attempt(await goCommand(`fetch ${module}`), download, { timeout: 300_000 });
  if (code !== 0) throw new Error(`go mod download: ${stderr.trim() || stdout.trim()}`);
  const { Dir: folder } = JSON.parse(stdout) as { Dir: string };
  return Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
}

function fromSources({ repository, version, files }: Operator): Promise<string[]> {
  return Promise.all(
    files.map(async (file) => {
      const url = `https://raw.githubusercontent.com/${repository}/v${version}/${file}`;
      const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
      if (!response.ok) throw new Error(`${url}: ${response.status}`);
      return response.text();
    }),
  );
}
