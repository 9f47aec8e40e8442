import { annotationOf, type KubeObject } from "./object";

/**
 * Annotations by which a program steers one resource.
 * @see https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/#annotations
 */
export const annotations = {
  autonamed: "pulumi.com/autonamed",
  deletionPropagation: "pulumi.com/deletionPropagationPolicy",
  patchForce: "pulumi.com/patchForce",
  skipAwait: "pulumi.com/skipAwait",
  timeoutSeconds: "pulumi.com/timeoutSeconds",
  waitFor: "pulumi.com/waitFor",
} as const;

export function isMarked(object: KubeObject, annotation: string): boolean {
  return annotationOf(object, annotation) === "true";
}

/** How long to wait: `customTimeouts`, else the annotation, else the kind's default. */
export function timeoutOf(customSeconds: number, object: KubeObject, defaultSeconds: number): number {
  if (customSeconds > 0) return customSeconds;
  const annotated = Number(annotationOf(object, annotations.timeoutSeconds) ?? Number.NaN);
  return Number.isInteger(annotated) && annotated > 0 ? annotated : defaultSeconds;
}

export type Propagation = "Orphan" | "Background" | "Foreground";

/** Foreground unless the annotation says otherwise. */
export function propagationOf(object: KubeObject): Propagation {
  switch (annotationOf(object, annotations.deletionPropagation)?.toLowerCase()) {
    case "orphan":
      return "Orphan";
    case "background":
      return "Background";
    default:
      return "Foreground";
  }
}
