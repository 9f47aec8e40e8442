import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { devEnvironment } from "./dev-environment";
import type { Kubectl } from "./kubectl";
import { attempt, run } from "./run";
import { jobFrom, logOf, type PodTemplate, randomSuffix, runJob, templateOf } from "./template-run";

/** A set of DAGs, packed. */
export interface Release {
  /** The commit, and a hash of the content where that is not the commit's. */
  readonly name: string;
  /** A gzipped tar file; the same for the same files. */
  readonly archive: Buffer;
}

/** Namespace of Airflow's pods. */
const NAMESPACE = "platform-airflow";

/** What a ConfigMap holds, less some room for the name: https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const LARGEST = 1_000_000;

/** Volume of the template's pod that the release comes by; see components/airflow-celery/jobs.ts. */
const VOLUME = "release";

/** Name of the release of a bundle that Airflow has; undefined where it has none. Throws where there is no such bundle. */
export async function releasedDags(kubectl: Kubectl, bundle: string): Promise<string | undefined> {
  const { dagBundles } = devEnvironment().airflow;
  const where = dagBundles[bundle];
  if (where === undefined)
    throw new Error(
      `There is no bundle "${bundle}" in the environment; there are: ${Object.keys(dagBundles).join(", ")}.`,
    );
  const reader = ["exec", "--namespace", NAMESPACE, "deployment/airflow-dag-processor", "--container", "airflow", "--"];
  const name = await kubectl([...reader, "python3", "-m", "platform_airflow.released", where.bucket, where.prefix]);
  return name.trim() === "" ? undefined : name.trim();
}

/** Everything in a folder but what Python leaves there. */
export async function packDags(folder: string): Promise<Release> {
  const temporary = mkdtempSync(join(tmpdir(), "platform-dags-"));
  try {
    const file = join(temporary, "dags.tar.gz");
    const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"];
    await run("tar", [
      "--create",
      "--gzip",
      "--file",
      file,
      ...same,
      "--exclude=__pycache__",
      "--directory",
      folder,
      ".",
    ]);
    const archive = readFileSync(file);
    if (archive.length > LARGEST)
      throw new Error(`The DAGs in ${folder} take ${archive.length} bytes when packed; ${LARGEST} is the most.`);
    return { name: await releaseName(folder, archive), archive };
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

async function releaseName(folder: string, archive: Buffer): Promise<string> {
  const git = (...args: string[]) => attempt("git", ["-C", folder, ...args]);
  const [commit, changes] = await Promise.all([git("rev-parse", "HEAD"), git("status", "--porcelain", "--", ".")]);
  const hash = createHash("sha256").update(archive).digest("hex").slice(0, 12);
  if (commit.code !== 0) return `files-${hash}`;
  return changes.stdout === "" ? commit.stdout.trim() : `${commit.stdout.trim()}-${hash}`;
}

/** Checks and uploads a release in a Job inside the cluster; what its containers said to people. */
export async function pushDags(
  kubectl: Kubectl,
  bundle: string,
  { name, archive }: Release,
  onState: (state: string) => void,
): Promise<{ succeeded: boolean; log: string }> {
  const template = await templateOf(kubectl, NAMESPACE, `dags-push-${bundle}`);
  const suffix = randomSuffix();
  const job = jobFrom(withRelease(template, `${template.metadata.name}-${suffix}`), suffix);
  const configMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: job.metadata.name, namespace: NAMESPACE, labels: job.metadata.labels },
    data: { name },
    binaryData: { "dags.tar.gz": archive.toString("base64") },
  };
  await kubectl(["create", "--filename=-"], JSON.stringify(configMap));
  try {
    return await runJob(kubectl, job, onState, async (exitCode) => {
      const succeeded = exitCode === 0;
      const logs = (container: string) => logOf(kubectl, job, { container });
      const log = [await logs("check"), ...(succeeded ? [await logs("airflow")] : [])].join("\n");
      return { succeeded, log };
    });
  } finally {
    await kubectl(["delete", "configmap", job.metadata.name, "--namespace", NAMESPACE]);
  }
}

/** The template with the ConfigMap of one release in place of the one that it names. */
export function withRelease(template: PodTemplate, configMap: string): PodTemplate {
  const { spec } = template.template;
  const volumes = (spec["volumes"] as { readonly name: string }[]).map((volume) =>
    volume.name === VOLUME ? { name: VOLUME, configMap: { name: configMap } } : volume,
  );
  return { ...template, template: { ...template.template, spec: { ...spec, volumes } } };
}
