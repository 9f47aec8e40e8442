import type * as pulumi from "@pulumi/pulumi";

/** A variable of a container. Those that others refer to as `$(NAME)` stand before them. */
export interface EnvVar {
  readonly name: string;
  readonly value?: pulumi.Input<string>;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: pulumi.Input<string>; readonly key: string } };
}

const TRUST = "/etc/airflow/trust";

/** Variables with their values. */
export const plain = (values: Readonly<Record<string, pulumi.Input<string>>>): EnvVar[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** Variables with keys of a Secret. */
export const fromSecret = (secret: pulumi.Input<string>, keys: Readonly<Record<string, string>>): EnvVar[] =>
  Object.entries(keys).map(([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } }));

/** Where the certificate of a Secret's authority is mounted. */
export const trustFile = (secret: string): string => `${TRUST}/${secret}/ca.crt`;

/** All certificates in one volume, and nothing else of their Secrets. */
export function trustVolume(secrets: readonly string[]) {
  const sources = [...new Set(secrets)].map((name) => ({
    secret: { name, items: [{ key: "ca.crt", path: `${name}/ca.crt` }] },
  }));
  return { mountPath: TRUST, volume: { name: "trust", projected: { sources, defaultMode: 0o440 } } };
}
