import type * as pulumi from "@pulumi/pulumi";

/** An image that a component's own script runs in. */
export interface PythonImage {
  /** Any image with Python 3.9 or newer as `python3`. */
  readonly image: pulumi.Input<string>;
  /** Numeric uid and gid that it runs as. */
  readonly user: number;
}
