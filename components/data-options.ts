import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of every resource that holds data or without which data cannot be read. `protect` is the stack's one decision
 * (`platform:protect`); a protected resource is refused by `destroy` before anything is touched.
 */
export function dataOptions(protect: boolean): Pick<pulumi.CustomResourceOptions, "protect"> {
  return protect ? { protect: true } : {};
}
