import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../labels";
import type { Authority } from "../tls";

/** What both engines are given. */
export interface Shared {
  readonly namespace: pulumi.Output<string>;
  readonly authority: Authority;
  readonly passwords: Readonly<Record<string, pulumi.Output<string>>>;
  /** Secret with a key for each user, in the cluster's namespace. */
  readonly passwordSecret: k8s.core.v1.Secret;
  readonly labels: Labels;
}

/** What both engines answer. */
export interface Built {
  readonly bootstrapServers: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];
}
