import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import type { Problems } from "./problems";

/**
 * Where an application reads how to reach a service and its own credentials there: one Secret that the service's component makes.
 * Pods refer to its keys by `secretKeyRef` or mount it.
 */
export interface CredentialsTarget {
  /** Namespace of the application's pods. */
  readonly namespace: pulumi.Input<string>;
  /** Name of the Secret to make there. Plain: it decides which resources exist. */
  readonly secretName: string;
  /** Names the resource, which must be another one where Secrets of one name go to several namespaces. @default secretName */
  readonly resource?: string;
  /** Name that the resource had in states of before. @default none */
  readonly formerResource?: string;
}

/** Every target's Secret name is a legal one. */
export function checkTargets(problems: Problems, field: string, targets: readonly CredentialsTarget[]): void {
  for (const { secretName } of targets) problems.name(`${field}.secretName`, secretName);
  problems.distinct(
    `${field}.secretName`,
    targets.map(({ secretName, resource = secretName }) => resource),
  );
}

/** One Secret for each target, all with the same content, which is secret as a whole. */
export function credentialSecrets(
  prefix: string,
  targets: readonly CredentialsTarget[],
  content: Readonly<Record<string, pulumi.Input<string>>>,
  labels: Labels,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret[] {
  const nameOf = (resource: string) => `${prefix}-for-${resource}`;
  return targets.map(
    ({ namespace, secretName, resource = secretName, formerResource }) =>
      new k8s.core.v1.Secret(
        nameOf(resource),
        { metadata: { name: secretName, namespace, labels }, data: secretData(content) },
        formerResource === undefined ? opts : { ...opts, aliases: [{ name: nameOf(formerResource) }] },
      ),
  );
}

/**
 * `data` of a Secret: each value a secret by itself, so that a preview shows which keys there are. Not `stringData`: a key that is
 * taken away from it stays in the Secret (https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data).
 */
export function secretData(
  content: Readonly<Record<string, pulumi.Input<string>>>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => [
      key,
      pulumi.secret(value).apply((text) => Buffer.from(text).toString("base64")),
    ]),
  );
}
