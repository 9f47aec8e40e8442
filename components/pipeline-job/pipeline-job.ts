import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../labels";
import { Problems, refuse } from "../problems";
import { runOnce } from "../run-once";
import { TYPES } from "../types";
import type { Resources } from "../workload";
import { type PipelineSpec, pipelineJobName, pipelineLabels, pipelinePod } from "./manifest";

export interface PipelineArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the workload in the environment, such as `flights-loader`. Its pods carry it as `app.kubernetes.io/name`. */
  readonly workload: string;
  /** Image with the package `flights`; see images/pipelines. */
  readonly image: pulumi.Input<string>;
  /** Numeric uid and gid of the image's user. */
  readonly user: number;
  /** What the step does: arguments of `python3 -m flights`. */
  readonly args: readonly string[];
  /** Secret in the namespace with the keys that `KafkaCluster` writes for a user. */
  readonly kafkaSecret: string;
  /** Secret in the namespace with the keys that `PostgresDatabase` writes. @default the step does not use PostgreSQL */
  readonly postgresSecret?: string;
  /** @default 250m cores, 512Mi: 215 MiB were measured, with 336,776 flights */
  readonly resources?: Resources;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

export interface PipelineJobArgs extends PipelineArgs {
  /** What must be there before it runs: topics, tables, the step before it. @default nothing */
  readonly after?: readonly pulumi.Resource[];
}

/** Seconds in which a step that hangs is ended. The 336,776 flights take under a minute. */
const DEADLINE = 1800;
/** Restarts of the container until the Job fails for good: faults of servers are waited for inside the step as well. */
const RESTARTS = 10;

/**
 * A pipeline step that runs to its end, once: its Job is named by a hash of data and code. There is no time to live, since a Job
 * that has gone is made anew. A change of anything about its pods runs it again.
 */
export class PipelineJob extends pulumi.ComponentResource {
  /** Done when the step is. */
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: PipelineJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.pipelineJob, name, {}, opts);
    const spec = checked("PipelineJob", name, args, this);
    const template = pipelinePod(spec);
    this.job = runOnce(
      `${name}-job`,
      {
        metadata: {
          name: pulumi.output(template).apply((pod) => pipelineJobName(spec.workload, pod)),
          namespace: args.namespace,
          labels: pipelineLabels(spec),
        },
        spec: { backoffLimit: RESTARTS, activeDeadlineSeconds: DEADLINE, template },
      },
      {
        parent: this,
        dependsOn: [...(args.after ?? [])],
        customTimeouts: { create: `${DEADLINE}s`, update: `${DEADLINE}s` },
      },
    );
    this.registerOutputs({ job: this.job.metadata.name });
  }
}

/** A pipeline step that runs when somebody asks: a PodTemplate, which `scripts/counts` makes short-lived Jobs of. */
export class PipelineTemplate extends pulumi.ComponentResource {
  constructor(name: string, args: PipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.pipelineTemplate, name, {}, opts);
    const spec = checked("PipelineTemplate", name, args, this);
    new k8s.core.v1.PodTemplate(
      `${name}-template`,
      {
        metadata: { name: spec.workload, namespace: args.namespace, labels: pipelineLabels(spec) },
        template: pipelinePod(spec),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function checked(kind: string, name: string, args: PipelineArgs, owner: pulumi.Resource): PipelineSpec {
  const spec = { resources: { cpu: "250m", memory: "512Mi" }, labels: {}, postgresSecret: undefined, ...args };
  const problems = new Problems(`${kind} "${name}"`);
  problems.name("workload", spec.workload);
  problems.name("kafkaSecret", spec.kafkaSecret);
  if (spec.postgresSecret !== undefined) problems.name("postgresSecret", spec.postgresSecret);
  problems.whole("user", spec.user, 1);
  problems.resources("resources", spec.resources);
  if (spec.args.length === 0) problems.add("args", `is empty. Say what the step does, such as ["load"].`);
  refuse(problems.found, owner);
  return spec;
}
