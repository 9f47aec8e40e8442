import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/**
 * A Job that runs once; its name is a hash of what it does. It goes before another takes its place: one that had failed would else
 * wait to be deleted under the very name that is asked for when the wish is taken back.
 */
export function runOnce(
  name: string,
  args: k8s.batch.v1.JobArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.batch.v1.Job {
  return new k8s.batch.v1.Job(name, args, { ...opts, deleteBeforeReplace: true });
}
