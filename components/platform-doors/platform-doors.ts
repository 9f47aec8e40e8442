import * as pulumi from "@pulumi/pulumi";
import { type Labels, objectLabels } from "../labels";
import { makeService } from "../service";
import { TYPES } from "../types";

/** A way in for programs that speak no HTTP: the service itself encrypts, and asks who they are. */
export interface Door {
  readonly namespace: pulumi.Input<string>;
  /** Labels of the pods behind it. */
  readonly selector: Labels;
  /** Port where the pods listen, and where it listens itself. */
  readonly port: number;
  /** Port of every node that leads there. @default a load balancer does */
  readonly nodePort?: number;
}

export interface PlatformDoorsArgs {
  /** Doors by name. Plain. */
  readonly doors: Readonly<Record<string, Door>>;
  /** Labels of every object. @default none */
  readonly labels?: Labels;
}

/** Services by which programs outside of the cluster reach what is inside. */
export class PlatformDoors extends pulumi.ComponentResource {
  constructor(name: string, { doors, labels = {} }: PlatformDoorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(TYPES.platformDoors, name, {}, opts);
    for (const [door, { namespace, selector, port, nodePort }] of Object.entries(doors))
      makeService(
        `${name}-${door}`,
        {
          metadata: {
            name: `door-${door}`,
            namespace,
            labels: objectLabels(labels, { name: `door-${door}`, instance: `door-${door}` }, "door"),
          },
          spec: {
            type: nodePort === undefined ? "LoadBalancer" : "NodePort",
            selector,
            ports: [{ name: door, port, targetPort: port, ...(nodePort === undefined ? {} : { nodePort }) }],
          },
        },
        this,
      );
    this.registerOutputs({});
  }
}
