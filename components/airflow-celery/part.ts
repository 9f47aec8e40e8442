import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Labels, objectLabels, selectorLabels } from "../labels";
import { restrictedContainer, restrictedPod, spread } from "../workload";
import { HOME, type Settings } from "./settings";
import type { EnvVar } from "./variables";

/** uid and group of images/airflow; as upstream's image. */
const USER = 50_000;
const GROUP = 0;

type Container = k8s.types.input.core.v1.Container;
type PodSpec = k8s.types.input.core.v1.PodSpec;

/** What all pods of one Airflow share. */
export interface Shared {
  readonly namespace: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly labels: Labels;
  /** Hash of keys that pods read at their start. */
  readonly checksum: pulumi.Input<string>;
}

/** A part of Airflow: what its name is, what it knows, and how its container differs from the others'. */
export interface Part {
  /** Name of its object and of the workload in the environment, such as `airflow-scheduler`. */
  readonly workload: string;
  /** Which one of it. @default the workload's name */
  readonly instance?: string;
  readonly settings: Settings;
  /** After the image's entry point, which hands signals on. */
  readonly args: pulumi.Input<string>[];
  readonly container: Pick<Container, "resources" | "ports" | "livenessProbe" | "readinessProbe" | "startupProbe">;
  /** Further variables. @default none */
  readonly env?: readonly EnvVar[];
  /** What runs before it in the same pod, to its end, and is told no more than its own settings. @default nothing */
  readonly before?: Pick<Part, "settings" | "args" | "env"> & { readonly name: string };
  readonly pod?: Pick<
    PodSpec,
    "restartPolicy" | "terminationGracePeriodSeconds" | "serviceAccountName" | "automountServiceAccountToken"
  >;
}

const identityOf = ({ workload, instance = workload }: Part) => ({ name: workload, instance });

/** All labels of a part's objects. */
export const partLabels = (labels: Labels, part: Part) => objectLabels(labels, identityOf(part), "airflow");

/** Labels that select a part's pods. */
export const partSelector = (part: Part) => selectorLabels(identityOf(part));

/** Name of the container that a part is. */
const MAIN = "airflow";

/** Volumes for everything that a container writes, the home folder and /tmp: its own, so that it leaves nothing to another. */
const scratch = (container: string) => {
  const prefix = container === MAIN ? "" : `${container}-`;
  return { home: `${prefix}home`, tmp: `${prefix}tmp` };
};

/** A container with what the part knows. */
function partContainer(
  { image }: Pick<Shared, "image">,
  { settings, args, container, env = [] }: Pick<Part, "settings" | "args" | "container" | "env">,
  name: string,
): Container {
  const { home, tmp } = scratch(name);
  return {
    ...restrictedContainer(),
    name,
    image,
    args,
    env: [...settings.env, ...env],
    ...container,
    volumeMounts: [
      { name: home, mountPath: HOME },
      { name: tmp, mountPath: "/tmp" },
      ...settings.files.map(({ mountPath, volume: { name } }) => ({ name, mountPath, readOnly: true })),
    ],
  };
}

/** The pods of a part. */
export function partPod(shared: Shared, part: Part, replicas = 1): k8s.types.input.core.v1.PodTemplateSpec {
  const { before } = part;
  const first = before === undefined ? [] : [partContainer(shared, { ...part, ...before }, before.name)];
  const containers = [partContainer(shared, part, MAIN)];
  const written = [...containers, ...first].flatMap(({ name }) => Object.values(scratch(String(name))));
  const files = [...(before?.settings.files ?? []), ...part.settings.files];
  const volumes = new Map(files.map(({ volume }) => [volume.name, volume]));
  return {
    metadata: {
      labels: partLabels(shared.labels, part),
      annotations: { "platform.data/checksum": shared.checksum },
    },
    spec: {
      ...restrictedPod(USER, GROUP),
      ...spread(replicas, partSelector(part)),
      ...part.pod,
      ...(before === undefined ? {} : { initContainers: first }),
      containers,
      volumes: [...written.map((name) => ({ name, emptyDir: {} })), ...volumes.values()],
    },
  };
}
