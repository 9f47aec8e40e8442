import type { PodTemplate } from "./template-run";

/** A Job, as far as it is used here. */
export interface AccessJob {
  readonly metadata: PodTemplate["metadata"];
  readonly spec: { readonly template: PodTemplate["template"] };
}

/** Labels that Kubernetes gives to a Job's pods, by which it knows them. */
const OF_ONE_JOB = /^(batch\.kubernetes\.io\/)?(controller-uid|job-name)$/;

/** The Jobs that say what readers of these databases may see, as templates of others like them. */
export function accessJobs(jobs: readonly AccessJob[], databases: readonly string[]): PodTemplate[] {
  return jobs
    .filter(({ spec }) => databases.includes(databaseOf(spec.template) ?? ""))
    .map(({ metadata: { name, namespace }, spec: { template } }) => ({
      metadata: { name, namespace },
      template: {
        metadata: {
          labels: Object.fromEntries(
            Object.entries(template.metadata.labels).filter(([label]) => !OF_ONE_JOB.test(label)),
          ),
        },
        spec: template.spec,
      },
    }));
}

function databaseOf({ spec }: PodTemplate["template"]): string | undefined {
  const [container] = spec.containers as readonly { env?: readonly { name: string; value?: string }[] }[];
  return container?.env?.find(({ name }) => name === "PGDATABASE")?.value;
}
