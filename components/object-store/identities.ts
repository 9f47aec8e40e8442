import * as pulumi from "@pulumi/pulumi";

/** `read` lists and reads; `write` also writes, tags and deletes. */
export type BucketAccess = "read" | "write";

/** Identity of the setup Job, the only one that may make buckets. */
export const ADMIN = "admin";

const ACTIONS: Readonly<Record<BucketAccess, readonly string[]>> = {
  read: ["Read", "List"],
  write: ["Read", "List", "Write", "Tagging"],
};

/** What an application may do: each action bound to one bucket. */
export function actionsOf(access: Readonly<Record<string, BucketAccess>>): string[] {
  return Object.entries(access).flatMap(([bucket, level]) => ACTIONS[level].map((action) => `${action}:${bucket}`));
}

/**
 * SeaweedFS's S3 identities (https://github.com/seaweedfs/seaweedfs/wiki/Amazon-S3-API#static-configuration). There being any,
 * anonymous requests are refused. An application's access key is its name: it identifies, and keeps nothing secret.
 */
export function identitiesOf(
  users: Readonly<Record<string, Readonly<Record<string, BucketAccess>>>>,
  secretKeys: Readonly<Record<string, pulumi.Input<string>>>,
): pulumi.Output<string> {
  const identity = (name: string, actions: readonly string[]) => ({
    name,
    credentials: [{ accessKey: name, secretKey: secretKeys[name] }],
    actions,
  });
  const identities = [
    identity(ADMIN, ["Admin"]),
    ...Object.entries(users).map(([name, access]) => identity(name, actionsOf(access))),
  ];
  return pulumi.secret(pulumi.jsonStringify({ identities }));
}
