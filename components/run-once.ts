import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

interface OneRun {
  readonly metadata: Omit<k8s.types.input.meta.v1.ObjectMeta, "annotations">;
  readonly spec: k8s.types.input.batch.v1.JobSpec;
}

/**
 * A Job that runs once; its name is a hash of what it does. It goes before another takes its place: one that had failed would else
 * wait to be deleted under the very name that is asked for when the wish is taken back. One that has failed, or was left undone by an
 * update that was broken off, is made anew by the next update, so what it does must bear to be done again.
 * https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/#pulumicomreplaceunready
 */
export function runOnce(
  name: string,
  { metadata, spec }: OneRun,
  opts: pulumi.CustomResourceOptions,
): k8s.batch.v1.Job {
  const annotations = { "pulumi.com/replaceUnready": "true" };
  return new k8s.batch.v1.Job(
    name,
    { metadata: { ...metadata, annotations }, spec },
    // The API server refuses most changes of a Job, of which the provider knows a few.
    { ...opts, deleteBeforeReplace: true, replaceOnChanges: ["spec"] },
  );
}
