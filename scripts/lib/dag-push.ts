import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askWorkload } from "./ask-workload";
import { namespaceOf } from "./dev-environment";
import type { Kubectl } from "./kubectl";
import { attempt, run } from "./run";
import { jobFrom, logOf, type PodTemplate, randomSuffix, runJob, templateOf } from "./template-run";

/** A set of DAGs, packed. */
export interface Release {
  /** The commit, or `files` outside of Git, and a hash of the content. */
  readonly name: string;
  /** A gzipped tar file; the same for the same files. */
  readonly archive: Buffer;
}

/** Namespace of Airflow's pods. */
const namespace = () => namespaceOf("airflow-dag-processor");

/** What a ConfigMap holds, less some room for the name: https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const LARGEST = 1_000_000;

/** A file that Airflow looks for DAGs in, among lines; whether there are any is seen in the cluster. */
const MAY_HOLD_DAGS = /\.(py|zip)$/im;

/** Last line of platform_airflow/check.py where nothing is wrong. */
const CHECKED = /^\d+ DAGs: .*$/;

/** Volume of the template's pod that the release comes by; see components/airflow-celery/jobs.ts. */
const VOLUME = "release";

/** Name of the release of a bundle, given by its place, that Airflow has; undefined where it has none. */
export async function releasedDags(
  kubectl: Kubectl,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
): Promise<string | undefined> {
  const reader = { namespace: namespace(), deployment: "airflow-dag-processor" };
  const name = await askWorkload(kubectl, reader, ["python3", "-m", "platform_airflow.released", bucket, prefix]);
  return name.trim() === "" ? undefined : name.trim();
}

/** Everything in a folder but what Python leaves there; of a folder in a git repository, only what Git does not ignore. */
export async function packDags(folder: string): Promise<Release> {
  const temporary = mkdtempSync(join(tmpdir(), "platform-dags-"));
  try {
    const file = join(temporary, "dags.tar.gz");
    const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"];
    const which = ["--exclude=__pycache__", "--directory", folder, "--null", "--files-from=-"];
    const input = (await filesOf(folder)).join("\0");
    await run("tar", ["--create", "--gzip", "--file", file, ...same, ...which], { input });
    if (!MAY_HOLD_DAGS.test(await run("tar", ["--list", "--file", file])))
      throw new Error(
        `There is no DAG in ${folder}: no Python file, and no zip file. Its release would take all DAGs away, and is refused.`,
      );
    const archive = readFileSync(file);
    if (archive.length > LARGEST)
      throw new Error(`The DAGs in ${folder} take ${archive.length} bytes when packed; ${LARGEST} is the most.`);
    return { name: await releaseName(folder, archive), archive };
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

const git = (folder: string, ...args: string[]) => attempt("git", ["-C", folder, ...args]);

/** What to pack, below the folder. */
async function filesOf(folder: string): Promise<string[]> {
  const listed = await git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard");
  if (listed.code !== 0) return ["."];
  const names = [...new Set(listed.stdout.split("\0"))].filter((name) => name !== "").sort();
  const there = names.filter((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined);
  if (there.length === 0) throw new Error(`There is nothing in ${folder} that Git does not ignore.`);
  return there;
}

/** Other content never has the same name, since readers keep what they have unpacked under it. */
async function releaseName(folder: string, archive: Buffer): Promise<string> {
  const commit = await git(folder, "rev-parse", "HEAD");
  const hash = createHash("sha256").update(archive).digest("hex").slice(0, 12);
  return `${commit.code === 0 ? commit.stdout.trim() : "files"}-${hash}`;
}

/** Checks and uploads a release in a Job inside the cluster; what its containers said to people. */
export async function pushDags(
  kubectl: Kubectl,
  bundle: string,
  { name, archive }: Release,
  onState: (state: string) => void,
): Promise<{ succeeded: boolean; log: string }> {
  const template = await templateOf(kubectl, namespace(), `dags-push-${bundle}`);
  const suffix = randomSuffix();
  const job = jobFrom(withRelease(template, `${template.metadata.name}-${suffix}`), suffix);
  const configMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: job.metadata.name, namespace: namespace(), labels: job.metadata.labels },
    data: { name },
    binaryData: { "dags.tar.gz": archive.toString("base64") },
  };
  const said = async (exitCode: number) => {
    const succeeded = exitCode === 0;
    const logs = async (container: string) => (await logOf(kubectl, job, { container })).trim();
    const check = await logs("check");
    const uploads = succeeded || CHECKED.test(check.split("\n").at(-1) ?? "");
    return { succeeded, log: uploads ? `${check}\n${await logs("airflow")}` : check };
  };
  return runJob(kubectl, job, onState, said, configMap);
}

/** What to say of a folder whose release was not brought over, from what the containers said. */
export const refusal = (folder: string, log: string): string =>
  [
    log.trim() || "The check was ended before it said anything: by a DAG's file, or since its memory ran out.",
    `dags: nothing of ${folder} was brought over; Airflow keeps the DAGs that it has.`,
  ].join("\n");

/** The template with the ConfigMap of one release in place of the one that it names. */
export function withRelease(template: PodTemplate, configMap: string): PodTemplate {
  const { spec } = template.template;
  const volumes = (spec["volumes"] as { readonly name: string }[]).map((volume) =>
    volume.name === VOLUME ? { name: VOLUME, configMap: { name: configMap } } : volume,
  );
  return { ...template, template: { ...template.template, spec: { ...spec, volumes } } };
}
