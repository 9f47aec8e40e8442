import * as pulumi from "@pulumi/pulumi";

/**
 * Resolves once a resource is there, in a preview at once. Pulumi takes steps in the order in which they were asked for,
 * and writes down with each all that is there by then; so a program that waits before it asks for more lets the first ones through.
 */
export const made = ({ urn }: pulumi.Resource): Promise<void> =>
  pulumi.runtime.isDryRun() ? Promise.resolve() : new Promise((resolve) => urn.apply(() => resolve()));
