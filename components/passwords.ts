import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** Characters of each kind, letters and digits alone: they stand in URLs and files as they are. */
const LENGTHS = { password: 32, key: 40 } as const;

type Kind = keyof typeof LENGTHS;

/** A password that is made once and kept in the stack's state, as the resource `PREFIX-KIND`. */
export function makePassword(prefix: string, kind: Kind, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const password = new random.RandomPassword(
    `${prefix}-${kind}`,
    { length: LENGTHS[kind], special: false },
    { ...opts, additionalSecretOutputs: ["result", "bcryptHash"] },
  );
  return password.result;
}

/** One for each user, by name, as the resources `PREFIX-USER-KIND`. */
export function makePasswords(
  prefix: string,
  users: readonly string[],
  kind: Kind,
  opts: pulumi.CustomResourceOptions,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(users.map((user) => [user, makePassword(`${prefix}-${user}`, kind, opts)]));
}
