import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import { resourceRequirements, restrictedContainer, restrictedPod } from "./workload";

type Container = k8s.types.input.core.v1.Container;

export interface SetupSpec {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly labels: Labels;
  /** Name of the Job; changes with what it applies. */
  readonly jobName: pulumi.Input<string>;
}

/** What makes one service's Job what it is. */
export interface Setup {
  /** uid and gid of the process. */
  readonly user: number;
  readonly container: Required<Pick<Container, "command">> & Pick<Container, "args" | "env">;
  /** Such as `128Mi`. */
  readonly memory: string;
  /** Volumes by the folder where they are mounted to be read. */
  readonly files: Readonly<Record<string, k8s.types.input.core.v1.Volume>>;
}

const CONTAINER = "setup";
/** Exit code of a wish that cannot be had, so that to try again would say the same: EX_CONFIG of sysexits.h. */
const REFUSED = 78;

/** A Job that makes a service what it should be from inside the cluster: its topics, users, buckets. */
export function setupJob(spec: SetupSpec, { user, container, memory, files }: Setup) {
  const { namespace, labels } = spec;
  return {
    metadata: { name: spec.jobName, namespace, labels },
    spec: {
      backoffLimit: 4,
      podFailurePolicy: {
        rules: [{ action: "FailJob", onExitCodes: { containerName: CONTAINER, operator: "In", values: [REFUSED] } }],
      },
      template: {
        metadata: { labels },
        spec: {
          ...restrictedPod(user),
          restartPolicy: "Never",
          containers: [
            {
              ...restrictedContainer(),
              name: CONTAINER,
              image: spec.image,
              ...container,
              terminationMessagePolicy: "FallbackToLogsOnError", // what it said is then told where it is waited for
              resources: resourceRequirements({ cpu: "50m", memory }),
              volumeMounts: Object.entries(files).map(([mountPath, { name }]) => ({ name, mountPath, readOnly: true })),
            },
          ],
          volumes: Object.values(files),
        },
      },
    },
  } satisfies k8s.batch.v1.JobArgs;
}
