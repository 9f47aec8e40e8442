import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

type ObjectMeta = k8s.types.input.meta.v1.ObjectMeta;

/**
 * A Service that is there at once. Else Pulumi would wait until a pod behind it is ready, with as many resources in hand as it makes at
 * once (four for each core): that many Services would keep their own pods from being begun. Who needs the pods depends on what runs
 * them. https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/#pulumicomskipawait
 */
export function makeService(
  name: string,
  { metadata, spec }: { readonly metadata: ObjectMeta; readonly spec: k8s.types.input.core.v1.ServiceSpec },
  parent: pulumi.Resource,
): k8s.core.v1.Service {
  const annotations = { "pulumi.com/skipAwait": "true" };
  return new k8s.core.v1.Service(name, { metadata: { ...metadata, annotations }, spec }, { parent });
}
