import type { GivenContext } from "./stack-file";

/** What decides which Kubernetes the dev stack uses. */
export interface ClusterFacts {
  /** `platform:kubeContext` of the stack's file and where it stands. */
  readonly given: GivenContext | undefined;
  /** A Docker daemon answers. */
  readonly docker: boolean;
  /** The `kind` program is on PATH. */
  readonly kind: boolean;
  readonly linux: boolean;
  readonly root: boolean;
}

export type ClusterChoice =
  | ({ readonly cluster: "context"; readonly why: string } & GivenContext)
  | { readonly cluster: "kind" | "one-node" | "none"; readonly why: string };

/** The Kubernetes to use: a given context, else kind where Docker answers, else the one-node cluster on Linux as root. */
export function chooseCluster({ given, docker, kind, linux, root }: ClusterFacts): ClusterChoice {
  if (given !== undefined) return { cluster: "context", ...given, why: `platform:kubeContext is "${given.context}"` };
  if (docker && kind) return { cluster: "kind", why: "a Docker daemon answers and kind is on PATH" };
  const docked = docker ? "a Docker daemon answers but kind is not on PATH" : "no Docker daemon answers";
  if (linux && root) return { cluster: "one-node", why: `${docked}; this is Linux and you are root` };
  const missing = linux ? "you are not root" : "this is not Linux";
  return {
    cluster: "none",
    why:
      `no Kubernetes can be used: no platform:kubeContext is set, ${docked}, and ${missing}. Either set a context ` +
      "(pulumi config set platform:kubeContext NAME -s dev), or start Docker and install kind, or run as root on Linux.",
  };
}
